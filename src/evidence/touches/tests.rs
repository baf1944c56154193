//! What tools and commands write, one table for files and one for shells.

use std::path::Path;

use serde_json::{Value, json};

use super::{Place, of};
use crate::lane::path::Spelling;
use crate::verdict::access::footprint::Deed;

/// A worktree with some folders in it, below a folder that is returned too.
fn place(folder: &str) -> (tempfile::TempDir, Place) {
    let outside = tempfile::tempdir().unwrap();
    let real = outside.path().canonicalize().unwrap();
    let top = real.join("work");
    for name in ["src/api", "docs", "deep/er"] {
        fs_err::create_dir_all(top.join(name)).unwrap();
    }
    for name in ["src/api/a.rs", "src/api/b.rs", "src/main.rs", "docs/a.md"] {
        fs_err::write(top.join(name), "").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("../src/api", top.join("docs/link")).unwrap();
    let place = Place {
        folder: top.join(folder),
        tops: vec![top],
        home: Some(real.join("home")),
        spelling: Spelling::default(),
    };
    (outside, place)
}

/// Renders what is done: `w` for written, `W` with all below, `r` for read, and `?` when that is not all.
fn shown(tool: &str, input: &Value, folder: &str) -> String {
    let (_outside, place) = place(folder);
    let footprint = of(tool, input, &place);
    let mut words: Vec<String> = footprint
        .touches
        .iter()
        .map(|touch| {
            let deed = match touch.deed {
                Deed::Read => 'r',
                Deed::Written => 'w',
                Deed::WrittenBelow => 'W',
            };
            format!("{deed}:{}", touch.path.as_str())
        })
        .collect();
    words.extend((!footprint.is_whole).then(|| "?".to_owned()));
    words.join(" ")
}

#[test]
fn files_of_tools_are_found_from_the_folder_of_the_call() {
    for (tool, input, folder, want) in [
        ("Edit", json!({"file_path": "src/a.rs"}), "", "w:src/a.rs"),
        ("Edit", json!({"file_path": "a.rs"}), "src", "w:src/a.rs"),
        ("Edit", json!({"file_path": "../docs/a.rs"}), "src", "w:docs/a.rs"),
        ("Write", json!({"file_path": "new/deep/../a.rs"}), "", "w:new/a.rs"),
        ("Edit", json!({"file_path": "../elsewhere"}), "", ""),
        ("Edit", json!({"file_path": "/etc/passwd"}), "", ""),
        ("Edit", json!({"file_path": "src\\api\\a.rs"}), "", "w:src/api/a.rs"),
        ("NotebookEdit", json!({"notebook_path": "docs/a.ipynb"}), "", "w:docs/a.ipynb"),
        ("multi_edit", json!({"edits": [{"filePath": "a"}, {"filePath": "b"}]}), "", "w:a w:b"),
        ("Read", json!({"file_path": "src/a.rs"}), "", "r:src/a.rs"),
        ("Read", json!({}), "", ""),
        ("delete_file", json!({"target_file": "src"}), "", "W:src"),
        ("Task", json!({"prompt": "x"}), "", "?"),
        ("Edit", json!({"file_path": 5}), "", "?"),
        ("Edit", json!({"file_path": " "}), "", "?"),
        ("Edit", json!("text"), "", "?"),
        ("Bash", json!({"file_path": "src/a.rs"}), "", "w:src/a.rs"),
        (
            "apply_patch",
            json!({"command": "*** Begin Patch\n*** Add File: a.rs\n+x\n*** Update File: b.rs\n*** Move to: c.rs\n*** End Patch"}),
            "src",
            "w:src/a.rs w:src/b.rs w:src/c.rs",
        ),
        ("apply_patch", json!({"input": "no patch"}), "", "?"),
        ("apply_patch", json!({}), "", "?"),
        ("shell", json!({"command": ["bash", "-lc", "rm a"], "workdir": "src"}), "", "w:src/a"),
        ("shell", json!({"command": ["touch", "a b"]}), "", "w:a b"),
        ("exec_command", json!({"cmd": "touch x", "workdir": "deep"}), "", "w:deep/x"),
    ] {
        assert_eq!(shown(tool, &input, folder), want, "{tool} {input} in {folder:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_unless_they_are_what_changes() {
    for (tool, input, want) in [
        ("Edit", json!({"file_path": "docs/link/a.rs"}), "w:src/api/a.rs"),
        ("Write", json!({"file_path": "docs/link/new/x.rs"}), "w:src/api/new/x.rs"),
        ("Edit", json!({"file_path": "docs/link/../main.rs"}), "w:src/main.rs"),
        ("Bash", json!({"command": "echo x > docs/link/a.rs"}), "w:src/api/a.rs"),
        ("Bash", json!({"command": "rm docs/link"}), "w:docs/link"),
        ("Bash", json!({"command": "cd docs/link && touch x"}), "w:src/api/x"),
    ] {
        assert_eq!(shown(tool, &input, ""), want, "{tool} {input}");
    }
    let (outside, place) = place("");
    let top = &place.tops[0];
    std::os::unix::fs::symlink("loop", top.join("loop")).unwrap();
    std::os::unix::fs::symlink(top, outside.path().join("way-in")).unwrap();
    let path = |path: &Path| {
        let found = of("Edit", &json!({"file_path": path}), &place);
        found.touches.first().map(|touch| touch.path.as_str().to_owned())
    };
    assert_eq!(path(&top.join("loop/x")).as_deref(), Some("loop/x"), "a link to itself ends");
    assert_eq!(
        path(&outside.path().join("way-in/src/x")).as_deref(),
        Some("src/x"),
        "from outside"
    );
}

#[test]
fn commands_are_parsed_and_not_searched() {
    let mut wrong = Vec::new();
    for (command, want) in [
        ("cat src/api/a.rs | grep x; ls -la src/api 2>/dev/null", ""),
        ("git status && git log -3 -- src/api", ""),
        ("echo 'rm -rf src/api' \"> src/api/a.rs\"", ""),
        ("echo x > src/api/a.rs", "w:src/api/a.rs"),
        ("echo x>src/api/a.rs", "w:src/api/a.rs"),
        ("echo x >> a 2>> b", "w:a w:b"),
        ("echo x &> a; echo y >| b; echo z 2>&1 >&-", "w:a w:b"),
        ("cat < src/main.rs", "r:src/main.rs"),
        ("cat > docs/b.md <<'EOF'\nrm src/api/a.rs\nEOF", "w:docs/b.md"),
        ("cat <<EOF > docs/b.md\n$(rm src/main.rs)\nEOF", "w:docs/b.md w:src/main.rs"),
        ("echo a | tee -a docs/x.md y", "w:docs/x.md w:y"),
        ("sed -i s/a/b/ src/api/x.py docs/a.md", "w:src/api/x.py w:docs/a.md"),
        ("sed -i.bak -e s/a/b/ -e s/c/d/ x", "w:x"),
        ("sed --in-place=.bak 's/a/b/' x", "w:x"),
        ("sed -n 1,5p src/api/a.rs", ""),
        ("perl -pi -e 's/a/b/' x y", "w:x w:y"),
        ("rm -rf src/api", "W:src/api"),
        ("rm -f a 'b c' -- -d", "w:a w:b c w:-d"),
        ("rm src/api/*.rs", "w:src/api/a.rs w:src/api/b.rs"),
        ("rm 'src/api/*.rs'", "w:src/api/*.rs"),
        ("rm nothing*", "w:nothing*"),
        (
            "touch src/{api,web}/{x,y}.rs",
            "w:src/api/x.rs w:src/api/y.rs w:src/web/x.rs w:src/web/y.rs",
        ),
        ("mkdir -p -m 755 a/b; rmdir c", "w:a/b w:c"),
        ("touch -d yesterday a; truncate -s 0 b", "w:a w:b"),
        ("chmod +x a; chmod -x b; chmod -R 644 src; chmod --reference=x c", "w:a w:b W:src w:c"),
        ("dd if=/dev/zero of=src/x bs=1", "w:src/x"),
        ("mv a b", "W:a W:b"),
        ("mv a b docs", "W:a W:b W:docs/a W:docs/b"),
        ("mv -t docs a", "W:a W:docs/a"),
        ("cp src/api/a.rs /tmp/b.py", ""),
        ("cp docs/a.md src/api", "w:src/api/a.md"),
        ("cp -r docs src/web", "W:src/web"),
        ("install -m 755 a bin/b; install -d x", "w:bin/b w:x"),
        ("ln -s ../x src/l; ln -s ../y", "w:src/l w:y"),
        ("cd src/api && touch x.py", "w:src/api/x.py"),
        ("cd src; cd api; touch x", "w:src/api/x"),
        ("(cd src && touch a); touch b", "w:src/a w:b"),
        ("cd src | cat; touch b", "w:b"),
        ("cd src & touch b", "w:b"),
        ("cd \"$WHERE\" && touch x", "?"),
        ("cd - && touch x; touch /etc/x", "?"),
        ("if cd src; then touch a; fi; touch b", "w:src/a w:src/b"),
        ("if true; then cd src; fi; touch b", "?"),
        ("for f in a b; do rm src/main.rs; done", "w:src/main.rs"),
        ("case $x in a) rm a;; *) rm b;; esac", "w:a w:b"),
        ("while read f; do echo x >> log; done < list", "r:list ? w:log"),
        ("rm $FILE", "?"),
        ("rm \"$FILE\" src/main.rs", "w:src/main.rs ?"),
        ("echo $(rm src/main.rs) `rm a`", "w:src/main.rs w:a"),
        ("rm $HOME/x ~/y", ""),
        ("X=1 touch a; X=$(touch b)", "w:a w:b"),
        ("sudo -u me rm a; env X=1 touch b; timeout -k 5 10 rm c; time rm d", "w:a w:b w:c w:d"),
        ("bash -c 'cd src && rm main.rs'; sh -ec \"touch a\"", "w:src/main.rs w:a"),
        ("eval 'rm a'", "w:a"),
        ("npm test; python -c 'open(\"src/api/x.py\",\"w\")'; make", "?"),
        ("f() { rm a; }; f", "?"),
        ("diff <(rm a) b", "w:a"),
        ("git checkout -- src/api/a.rs", "W:src/api/a.rs"),
        ("git checkout main", "?"),
        ("git restore --source HEAD~1 src/main.rs; git restore --staged a", "W:src/main.rs"),
        ("git rm -r src/api; git rm --cached x; git -C src mv a b", "W:src/api W:src/a W:src/b"),
        ("git reset --hard; git apply x.patch", "?"),
        ("patch src/main.rs < x; patch -p1 < x", "r:x w:src/main.rs r:x ?"),
        (
            "apply_patch <<'E'\n*** Begin Patch\n*** Update File: src/a.rs\n*** End Patch\nE",
            "w:src/a.rs",
        ),
        ("a&b/c.d;e/f.g|h/i.j", "?"),
        ("--config=src/api/x.py", "?"),
        ("", ""),
        ("   ", ""),
        ("echo 'unclosed", "?"),
        ("rm a; )", "?"),
    ] {
        let mut got: Vec<String> = shown("Bash", &json!({ "command": command }), "")
            .split(' ')
            .map(str::to_owned)
            .collect();
        let mut want: Vec<&str> = want.split(' ').collect();
        got.sort();
        want.sort_unstable();
        if got != want {
            wrong.push(format!("{command}: got {got:?}, want {want:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_commands_end() {
    let nested = |open: &str, close: &str, count: usize| {
        format!("{}rm a{}", open.repeat(count), close.repeat(count))
    };
    for command in [
        nested("(", ")", 100_000),
        nested("(", ")", 20),
        nested("$(", ")", 20),
        nested("{ ", "; }", 20),
        nested("if true; then ", "; fi", 20),
        nested("if true; then ", "; fi", 5_000),
        nested("\"$(", ")\"", 20),
        nested("`", "`", 5_000),
        nested("((", "))", 10),
        nested("! ", "", 5_000),
        nested("{a,b}", "", 22),
        "a|".repeat(20_000),
        "x".repeat(1_000_000),
        "\u{0}\u{1b}[2J".to_owned(),
    ] {
        let (start, input) =
            (command.chars().take(20).collect::<String>(), json!({ "command": command }));
        shown("Bash", &input, "");
        assert!(!start.is_empty());
    }
}
