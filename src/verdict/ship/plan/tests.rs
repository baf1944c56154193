//! Plans as people write them, and plans that nobody would write.

use super::{Claim, Place, Plan, Policy, Weight, parse};
use crate::verdict::ship::stamp::{Alias, Question};

fn read(text: &str) -> Plan {
    parse("docs/auth-plan.md", text, &Policy::default())
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.phases.iter().map(|phase| phase.id.as_str()).collect()
}

fn paths(plan: &Plan, phase: &str) -> Vec<String> {
    let question = Question { plan: "AUTH".to_owned(), phase: phase.to_owned() };
    let phase = plan.phase(&question, &[Alias::PhaseNumber]).unwrap();
    phase.files.iter().map(|file| file.path.clone()).collect()
}

#[test]
fn phases_begin_with_their_id() {
    for (line, want) in [
        ("### Phase 1 \u{2014} two files", Some(("Phase 1", "two files"))),
        ("## Phase 2: tokens", Some(("Phase 2", "tokens"))),
        ("#### AUTH2 \u{2014} tokens", Some(("AUTH2", "tokens"))),
        ("## \u{2705} P2.1: tokens", Some(("P2.1", "tokens"))),
        ("### Phase AUTH2", Some(("AUTH2", ""))),
        ("### Task B3: weights", Some(("Task B3", "weights"))),
        ("### Phase A \u{2014} tokens", Some(("Phase A", "tokens"))),
        ("### **MG3'-1** tokens", Some(("MG3'-1", "tokens"))),
        ("### Phase 4-5: agents ###", Some(("Phase 4-5", "agents"))),
        ("- **AUTH9 \u{2014} bullet** `a/b.rs`", Some(("AUTH9", "bullet** `a/b.rs`"))),
        ("- [ ] T001 [P] create", Some(("T001", "[P] create"))),
        ("* [x] **Phase 3**: done", Some(("Phase 3", "done"))),
        ("1. **M1** first", Some(("M1", "first"))),
        ("# Phase 1", None),
        ("##### Phase 1", None),
        ("###Phase 1", None),
        ("### Phases", None),
        ("### Phase two", None),
        ("### v1.2.3 release", None),
        ("### Step by step", None),
        ("- AUTH9 in passing", None),
        ("- [ ] write tests", None),
        ("AUTH9: text", None),
        ("    ### Phase 1", None),
    ] {
        let plan = read(line);
        let got = plan.phases.first().map(|phase| (phase.id.as_str(), phase.title.as_str()));
        assert_eq!(got, want, "{line:?}");
    }
}

#[test]
fn fences_and_comments_hold_no_phases() {
    let text = "### P1\n```md\n### P2\n- **P3**\n```\n~~~~\n~~~\n### P4\n~~~~\n<!-- ### P5\n### P6\n-->\n### P7\n";
    assert_eq!(ids(&read(text)), ["P1", "P7"]);
    assert_eq!(ids(&read("```a``` b\n### P1\n")), ["P1"], "code within a line opens no fence");
    assert_eq!(ids(&read("```\n### P1\n")), Vec::<&str>::new(), "an open fence never closes");
}

#[test]
fn a_section_ends_where_the_next_begins() {
    let text = "## Phase 1\n`a/one.rs`\n### Notes\n`a/two.rs`\n### P1.1\n`a/three.rs`\n## Other\n`a/four.rs`\n\
                - **P8** `a/five.rs`\n  `a/six.rs`\n- `a/seven.rs`\n- **P9** `a/eight.rs`\n\nText `a/nine.rs`\n";
    let plan = read(text);
    assert_eq!(ids(&plan), ["Phase 1", "P1.1", "P8", "P9"]);
    assert_eq!(paths(&plan, "Phase 1"), ["a/one.rs", "a/two.rs", "a/three.rs"]);
    assert_eq!(paths(&plan, "P1.1"), ["a/three.rs"]);
    assert_eq!(paths(&plan, "P8"), ["a/five.rs", "a/six.rs"]);
    assert_eq!(paths(&plan, "P9"), ["a/eight.rs"]);
    let lines: Vec<usize> = plan.phases.iter().map(|phase| phase.line).collect();
    assert_eq!(lines, [1, 5, 9, 12]);
}

#[test]
fn a_plan_says_what_became_of_its_phases() {
    for (text, want) in [
        ("### P1 \u{2014} SHIPPED 2026-01-01", Claim::Done),
        ("### P1: tokens (completed)", Claim::Done),
        ("### P1: tokens [DONE]", Claim::Done),
        ("### P1 tokens \u{2705}", Claim::Done),
        ("### P1: tokens \u{2014} done in #12", Claim::Done),
        ("### P1\nSHIPPED in abc1234", Claim::Done),
        ("### P1\n**Status**: complete", Claim::Done),
        ("### P1\n- **Status:** \u{2705} 100%", Claim::Done),
        ("### P1\n- [x] a\n- [X] b", Claim::Done),
        ("- [x] **P1** tokens", Claim::Done),
        ("| Phase | Status |\n|---|---|\n| P1 tokens | Done |", Claim::Done),
        ("| Phase | Status |\n|---|---|\n| 1 (MVP) | Done |\n## Phase 1\ntext", Claim::Done),
        ("### P1: Complete the migration", Claim::Unsaid),
        ("### P1: merged cells in tables", Claim::Unsaid),
        ("### P1: next steps", Claim::Unsaid),
        ("### P1\nwill be done", Claim::Unsaid),
        ("### P1", Claim::Unsaid),
        ("### P1 \u{2014} not started", Claim::Open),
        ("### P1 (not done)", Claim::Open),
        ("### P1 \u{2014} in progress", Claim::Open),
        ("### P1 \u{23f3} tokens", Claim::Open),
        ("### P1 \u{2014} deferred", Claim::Open),
        ("### P1\nStatus: 80% complete", Claim::Open),
        ("### P1\nStatus: Not started", Claim::Open),
        ("### P1\n- [x] a\n- [ ] b", Claim::Open),
        ("- [ ] **P1** tokens", Claim::Open),
        ("| # | Phase | Status |\n|---|---|---|\n| 1 | P1 | pending |", Claim::Open),
        ("### P1 \u{2014} SHIPPED, soak window closes 2026-06-27", Claim::Waits),
        ("### P1 SHIPPED\nGates on the mesh soak", Claim::Waits),
        ("### P1 SHIPPED\nstatus: in_progress", Claim::Waits),
        ("### P1\ngates on the soak", Claim::Unsaid),
        ("### P1\nnot SHIPPED yet\nText: it is not shipped", Claim::Unsaid),
    ] {
        assert_eq!(read(text).phases.first().map(|phase| phase.claim), Some(want), "{text:?}");
    }
}

#[test]
fn the_claims_of_a_part_are_not_those_of_the_whole() {
    let plan =
        read("## Phase 1\n### P1.1 \u{2014} SHIPPED\nSHIPPED\n## Phase 2\n- **P2.1** SHIPPED\n");
    let claims: Vec<Claim> = plan.phases.iter().map(|phase| phase.claim).collect();
    assert_eq!(claims, [Claim::Unsaid, Claim::Done, Claim::Unsaid, Claim::Done]);
}

#[test]
fn paths_are_told_from_what_only_looks_like_them() {
    let section = |text: &str| paths(&read(&format!("### P1\n{text}\n")), "P1");
    for (text, want) in [
        (
            "`engine/run.py` and [`models/m.py`](../models/m.py).",
            vec!["engine/run.py", "models/m.py"],
        ),
        ("see src/a.rs, ./src/b.rs; ../src/c.rs.", vec!["src/a.rs", "src/b.rs", "src/c.rs"]),
        ("https://github.com/a/b.git and v1.2.3/rel.tar.gz", vec![]),
        ("example.com/index.html and ~/x/y.rs and /etc/passwd.conf", vec![]),
        ("and/or, 1/2.5, his/her", vec![]),
        ("`top.py` and top.rs", vec![]),
        ("docs/a.png dist/b.tar.gz", vec![]),
        (
            "`src/\u{c4}nd.py` and \u{65e5}\u{672c}/x.ts",
            vec!["src/\u{c4}nd.py", "\u{65e5}\u{672c}/x.ts"],
        ),
        ("`app/[id]/page.tsx:12-34`", vec!["app/[id]/page.tsx"]),
        ("`.github/workflows/ci.yml`", vec![".github/workflows/ci.yml"]),
        ("`src/*.rs` `src/x/` `src/x`", vec![]),
        ("an open `src/a.rs", vec!["src/a.rs"]),
    ] {
        assert_eq!(section(text), want, "{text:?}");
    }
}

#[test]
fn listed_files_stand_for_all_that_are_named() {
    for (text, want) in [
        ("**Files:** src/h1.py, top.py\nprose names `src/a.md`", vec!["src/h1.py", "top.py"]),
        (
            "**Files:**\n- Create: `src/a.rs`\n- Test: `tests/a.rs:1-9`\n\nthen `src/b.rs`",
            vec!["src/a.rs", "tests/a.rs"],
        ),
        ("Files to modify: `Cargo.toml`", vec!["Cargo.toml"]),
        ("#### Files\n- `src/a.rs`\n\n#### Notes\n`src/b.rs`", vec!["src/a.rs"]),
        ("The file format: see src/a.rs", vec!["src/a.rs"]),
        ("```\nsrc/a.rs\n```", vec!["src/a.rs"]),
    ] {
        assert_eq!(paths(&read(&format!("### P1\n{text}\n")), "P1"), want, "{text:?}");
    }
    let plan = read("# Title\n**Files:** `src/a.rs`\n");
    assert_eq!(
        plan.files.first().map(|file| file.path.as_str()),
        Some("src/a.rs"),
        "no phase at all"
    );
}

#[test]
fn hubs_and_folders_are_policy() {
    let weights = |policy: &Policy| {
        let plan = parse("p.md", "### P1\n`a/config.py` `b/own.py` `docs/x.mmd`\n", policy);
        let files = plan.phases.first().unwrap().files.clone();
        files.into_iter().map(|file| (file.path, file.weight)).collect::<Vec<_>>()
    };
    let file = |path: &str, weight| (path.to_owned(), weight);
    let usual = Policy::default();
    assert_eq!(
        weights(&usual),
        [
            file("a/config.py", Weight::Hub),
            file("b/own.py", Weight::Distinctive),
            file("docs/x.mmd", Weight::Hub)
        ]
    );
    let own = Policy { code_dirs: vec!["b/".to_owned()], hubs: vec!["OWN.py".to_owned()], ..usual };
    assert_eq!(weights(&own), [file("b/own.py", Weight::Hub)]);
}

#[test]
fn a_plan_is_called_by_its_id_its_title_or_its_file() {
    for (path, text, name, others, not) in [
        (
            "docs/x.md",
            "---\nid: \"AUTH\"\nclassification: tombed\n---\n# Y",
            "AUTH",
            vec!["auth"],
            vec!["x", "Y"],
        ),
        (
            "docs/auth-plan.md",
            "# A plan",
            "auth",
            vec!["AUTH", "auth-plan", "docs/auth", "a plan"],
            vec!["docs"],
        ),
        (
            "docs/286_wheels.md",
            "",
            "286_wheels",
            vec!["286", "docs/286", "docs/286_wheels"],
            vec!["28"],
        ),
        ("plan.md", "# AUTH \u{2014} login\n", "AUTH", vec!["plan"], vec!["login"]),
        ("plan.md", "---\nid: AUTH\n", "plan", vec![], vec!["AUTH"]),
    ] {
        let front = parse(path, text, &Policy::default()).front;
        assert_eq!(front.name(), name, "{path} {text:?}");
        assert!(
            others.iter().chain([&name]).all(|other| front.is_called(other)),
            "{path}: {others:?}"
        );
        assert!(!not.iter().any(|other| front.is_called(other)), "{path}: not {not:?}");
    }
    let plan =
        parse("x.md", "---\nid: A\nclassification: tombed\n---\n### P1\n", &Policy::default());
    assert_eq!(plan.front.classification.as_deref(), Some("tombed"));
    assert_eq!(plan.phases.first().map(|phase| phase.line), Some(5), "lines count from the top");
}

#[test]
fn phases_are_found_by_their_aliases() {
    let plan = read("- **AUTH2** item\n### Phase 2\n### P3\n### Phase4\n### phase auth5\n");
    for (phase, want) in [
        ("Phase 2", Some("Phase 2")),
        ("AUTH2", Some("Phase 2")),
        ("P2", Some("Phase 2")),
        ("Phase 3", Some("P3")),
        ("p3", Some("P3")),
        ("Phase 4", Some("Phase4")),
        ("AUTH5", Some("auth5")),
        ("Phase 1", None),
    ] {
        let question = Question { plan: "AUTH".to_owned(), phase: phase.to_owned() };
        let found = plan.phase(&question, &[Alias::PhaseNumber]);
        assert_eq!(found.map(|phase| phase.id.as_str()), want, "{phase}");
    }
    assert!(matches!(plan.phases.first().map(|phase| phase.place), Some(Place::Item)));
}

#[test]
fn hostile_documents_end() {
    let part = |part: &str| part.repeat(3_000);
    for text in [
        part("#"),
        part("### P1 "),
        part("- **P1** "),
        part("  - [x] **P1**\n"),
        part("## P1\n### P2\n#### P3\n"),
        part("a/"),
        part("a/b.rs"),
        part("`a/b.rs`"),
        part("|"),
        part("| P1 | done "),
        part("| Phase | Status |\n| P1 | done |\n"),
        part("`"),
        part("<!--"),
        part("SHIPPED soak window "),
        part("---\n"),
        format!("| Phase | Status |\n{}", part("| P1 | x |\n")),
    ] {
        let plan = read(&text);
        assert!(plan.phases.len() <= 9_000);
    }
}
