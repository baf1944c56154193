//! Recorded answers of an established tool, line by line: what we answer too, and where we differ on purpose.
//!
//! The files are in `GIT_DOS_VECTORS`, else in `fixtures/vectors`. A line is `{"id", "in", "expect"}`; one
//! with `diverges` says what the recorded answer gets wrong. The adapters in here rename and convert.

#[cfg(test)]
#[path = "vectors/adapters.rs"]
mod adapters;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use serde_json::Value;

    use super::adapters::{self, Adapter};

    /// The files that this version answers.
    const COVERED: &[(&str, Adapter)] = &[
        ("archive_subject", adapters::archive_subject),
        ("churn", adapters::churn),
        ("severity", adapters::severity),
        ("tokens", adapters::tokens),
        ("work_account_030", adapters::work_account),
    ];

    #[expect(clippy::disallowed_methods, reason = "the one setting of these tests")]
    fn folder() -> PathBuf {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vectors");
        std::env::var_os("GIT_DOS_VECTORS").map_or_else(own, PathBuf::from)
    }

    /// How the lines of one file came out.
    #[derive(Debug, Default)]
    struct Tally {
        passed: usize,
        diverged: usize,
        failures: Vec<String>,
    }

    fn run(file: &Path, adapter: Adapter) -> Tally {
        let mut tally = Tally::default();
        for line in fs_err::read_to_string(file).unwrap().lines() {
            let vector: Value = serde_json::from_str(line).unwrap();
            let got = adapter(&vector["in"]);
            let want = vector.get("diverges").map_or_else(
                || vector["expect"].clone(),
                |why| adapters::corrected(why.as_str().unwrap(), &vector),
            );
            if got != want {
                tally.failures.push(format!("{}: got {got}, want {want}", vector["id"]));
            } else if vector.get("diverges").is_some() {
                tally.diverged += 1;
            } else {
                tally.passed += 1;
            }
        }
        tally
    }

    #[test]
    fn every_line_is_answered() {
        let folder = folder();
        let mut failures = Vec::new();
        for (name, adapter) in COVERED {
            let tally = run(&folder.join(name).with_extension("jsonl"), *adapter);
            let failed = tally.failures.len();
            let (passed, diverged) = (tally.passed, tally.diverged);
            println!(
                "{name}.jsonl: {passed} passed, {diverged} diverged as intended, {failed} failed"
            );
            assert!(passed + diverged + failed > 0, "{name} has lines");
            failures.extend(tally.failures.into_iter().map(|text| format!("{name}: {text}")));
        }
        for entry in fs_err::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let known = COVERED.iter().any(|(covered, _)| *covered == name);
            if path.extension().is_some_and(|extension| extension == "jsonl") && !known {
                println!("{name}.jsonl: not covered");
            }
        }
        assert!(failures.is_empty(), "answers differ:\n{}", failures.join("\n"));
    }
}
