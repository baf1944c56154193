//! The plugin for Claude Code has the hooks that installing writes, under the keys that are documented.

use std::path::Path;

use serde_json::Value;

use crate::support::{GIT_DOS, Sandbox, succeed};

fn json(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    serde_json::from_slice(&fs_err::read(file).unwrap()).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn its_hooks_are_those_of_shared_settings() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.write("dos.toml", "[lanes]\nconcurrent = [\"src\"]\n");
    let words = ["install", "--scope", "shared", "--agent", "claude", "--git", "none", "--yes"];
    succeed(repository.command(GIT_DOS).args(words));
    let settings = fs_err::read(repository.path.join(".claude/settings.json")).unwrap();
    let settings: Value = serde_json::from_slice(&settings).unwrap();
    let hooks = json("agent-hooks/claude-plugin/hooks/hooks.json");
    assert_eq!(hooks["hooks"], settings["hooks"], "written anew when the settings change");
    assert_eq!(keys(&hooks), ["description", "hooks"], "the form for plugins");
}

#[test]
fn its_description_has_documented_keys_and_the_version_of_the_program() {
    // Claude Code documentation, "Plugins reference" and "Plugin marketplaces".
    let plugin = json("agent-hooks/claude-plugin/.claude-plugin/plugin.json");
    let documented = [
        "author",
        "description",
        "homepage",
        "keywords",
        "license",
        "name",
        "repository",
        "version",
    ];
    for key in keys(&plugin) {
        assert!(documented.contains(&key), "{key} in plugin.json");
    }
    assert_eq!(plugin["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(plugin["name"], "git-dos");
    let market = json(".claude-plugin/marketplace.json");
    for key in keys(&market) {
        assert!(
            ["metadata", "name", "owner", "plugins"].contains(&key),
            "{key} in the marketplace"
        );
    }
    assert!(market["owner"]["name"].is_string(), "it has an owner");
    let entries = market["plugins"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["name"], plugin["name"]);
    let source = entries[0]["source"].as_str().unwrap().strip_prefix("./").unwrap();
    json(&format!("{source}/.claude-plugin/plugin.json"));
}
