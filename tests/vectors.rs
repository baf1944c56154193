//! Recorded answers of an established tool, line by line: what we answer too, and where we differ on purpose.
//!
//! The files are in `GIT_DOS_VECTORS`, else in `fixtures/vectors`. A line is `{"id", "in", "expect"}`; one
//! with `diverges` says what the recorded answer gets wrong, and `decisions.json` holds the lines that we answer
//! differently on purpose, each with its reason. The adapters in here rename and convert.

#[cfg(test)]
#[path = "vectors/adapters.rs"]
mod adapters;
#[cfg(test)]
#[expect(dead_code, unreachable_pub, reason = "the support module is shared by inclusion")]
#[expect(clippy::disallowed_types, reason = "these tests start programs")]
#[path = "support/mod.rs"]
mod support;
#[cfg(test)]
#[path = "vectors/verify.rs"]
mod verify;

#[cfg(test)]
#[path = "vectors/arbiter.rs"]
mod arbiter;

#[cfg(test)]
#[path = "vectors/breaker.rs"]
mod breaker;

#[cfg(test)]
#[path = "vectors/config_tables.rs"]
mod config_tables;

#[cfg(test)]
#[path = "vectors/effect_witness.rs"]
mod effect_witness;

#[cfg(test)]
#[path = "vectors/hook_runs.rs"]
mod hook_runs;

#[cfg(test)]
#[path = "vectors/journal_delta.rs"]
mod journal_delta;

#[cfg(test)]
#[path = "vectors/journal_replay.rs"]
mod journal_replay;

#[cfg(test)]
#[path = "vectors/liveness.rs"]
mod liveness;

#[cfg(test)]
#[path = "vectors/marker_count.rs"]
mod marker_count;

#[cfg(test)]
#[path = "vectors/marker_gate.rs"]
mod marker_gate;

#[cfg(test)]
#[path = "vectors/noop.rs"]
mod noop;

#[cfg(test)]
#[path = "vectors/posttool.rs"]
mod posttool;

#[cfg(test)]
#[path = "vectors/pretool.rs"]
mod pretool;

#[cfg(test)]
#[path = "vectors/run_id.rs"]
mod run_id;

#[cfg(test)]
#[path = "vectors/schema.rs"]
mod schema;

#[cfg(test)]
#[path = "vectors/session_name.rs"]
mod session_name;

#[cfg(test)]
#[path = "vectors/state_diff.rs"]
mod state_diff;

#[cfg(test)]
#[path = "vectors/stop_claims.rs"]
mod stop_claims;

#[cfg(test)]
#[path = "vectors/supervise.rs"]
mod supervise;

#[cfg(test)]
#[path = "vectors/supervisor_ticks.rs"]
mod supervisor_ticks;

#[cfg(test)]
#[path = "vectors/tree.rs"]
mod tree;

#[cfg(test)]
#[path = "vectors/verify_grammar.rs"]
mod verify_grammar;

#[cfg(test)]
#[path = "vectors/watchdog.rs"]
mod watchdog;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use serde_json::Value;

    use super::adapters::{self, Adapter};
    use super::{
        arbiter, breaker, config_tables, effect_witness, hook_runs, journal_delta, journal_replay,
        liveness, marker_count, marker_gate, noop, posttool, pretool, run_id, schema, session_name,
        state_diff, stop_claims, supervise, supervisor_ticks, tree, verify_grammar, watchdog,
    };

    /// The files that this version answers.
    const COVERED: &[(&str, Adapter)] = &[
        ("arbiter", arbiter::answer),
        ("archive_subject", adapters::archive_subject),
        ("breaker", breaker::answer),
        ("churn", adapters::churn),
        ("config_tables", config_tables::answer),
        ("effect_witness", effect_witness::answer),
        ("hook_runs", hook_runs::answer),
        ("journal_delta", journal_delta::answer),
        ("journal_replay", journal_replay::answer),
        ("liveness", liveness::answer),
        ("marker_count", marker_count::answer),
        ("marker_gate", marker_gate::answer),
        ("noop", noop::answer),
        ("posttool", posttool::answer),
        ("pretool", pretool::answer),
        ("run_id", run_id::answer),
        ("schema", schema::answer),
        ("session_name", session_name::answer),
        ("severity", adapters::severity),
        ("state_diff", state_diff::answer),
        ("stop_claims", stop_claims::answer),
        ("supervise", supervise::answer),
        ("supervisor_ticks", supervisor_ticks::answer),
        ("tokens", adapters::tokens),
        ("tree", tree::answer),
        ("verify_grammar", verify_grammar::answer),
        ("watchdog", watchdog::answer),
        ("work_account_030", adapters::work_account),
    ];

    #[expect(clippy::disallowed_methods, reason = "the one setting of these tests")]
    pub(crate) fn folder() -> PathBuf {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vectors");
        std::env::var_os("GIT_DOS_VECTORS").map_or_else(own, PathBuf::from)
    }

    /// How many lines of a file ask nothing: the record lost its question.
    const UNASKED: &[(&str, usize)] =
        &[("journal_replay", 152), ("marker_gate", 22), ("stop_claims", 149)];

    /// How the lines of one file came out.
    #[derive(Debug, Default)]
    struct Tally {
        passed: usize,
        diverged: usize,
        unasked: usize,
        failures: Vec<String>,
    }

    /// Takes out of a recorded answer what is not to be compared.
    type Reduce = fn(Value) -> Value;

    /// The files whose recorded answers hold wording that is not to be compared.
    const WORDED: &[(&str, Reduce)] = &[
        ("arbiter", arbiter::without_rules),
        ("breaker", breaker::without_wording),
        ("config_tables", config_tables::without_causes),
        ("pretool", pretool::without_causes),
        ("tree", tree::without_shares),
    ];

    /// Returns the lines that we answer differently: by `id` the `reason`, and what we `expect` of ourselves.
    pub(crate) fn decisions() -> Value {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vectors/decisions.json");
        serde_json::from_str(&fs_err::read_to_string(file).unwrap()).unwrap()
    }

    fn run(file: &Path, adapter: Adapter, decisions: &Value) -> Tally {
        let mut tally = Tally::default();
        for line in fs_err::read_to_string(file).unwrap().lines() {
            let vector: Value = serde_json::from_str(line).unwrap();
            let got = adapter(vector.get("in").unwrap_or(&vector));
            if got.is_null() {
                tally.unasked += 1;
                continue;
            }
            let recorded = WORDED
                .iter()
                .filter(|(name, _)| file.file_stem().is_some_and(|stem| stem == *name))
                .fold(vector["expect"].clone(), |answer, (_, without)| without(answer));
            let decision = decisions.get(vector["id"].as_str().unwrap());
            let crash = vector["expect"].get("crash").map(|_| "a crash is no answer".into());
            let why = vector.get("diverges").or(crash.as_ref());
            let want = match (why, decision) {
                (_, Some(decision)) => decision["expect"].clone(),
                (Some(why), None) => adapters::corrected(why.as_str().unwrap(), &vector),
                (None, None) => recorded.clone(),
            };
            let diverges = why.is_some() || decision.is_some();
            if decision
                .is_some_and(|decision| decision["reason"].as_str().is_none_or(str::is_empty))
                || (decision.is_some() && why.is_none() && want == recorded)
            {
                tally.failures.push(format!("{}: a decision that decides nothing", vector["id"]));
                continue;
            }
            if got != want {
                tally.failures.push(format!("{}: got {got}, want {want}", vector["id"]));
            } else if diverges {
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
        let decisions = decisions();
        let mut failures = Vec::new();
        for (name, adapter) in COVERED {
            let tally = run(&folder.join(name).with_extension("jsonl"), *adapter, &decisions);
            let failed = tally.failures.len();
            let (passed, diverged) = (tally.passed, tally.diverged);
            let unasked = tally.unasked;
            println!(
                "{name}.jsonl: {passed} passed, {diverged} diverged as intended, {failed} failed, \
                 {unasked} not asked"
            );
            let known =
                UNASKED.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count);
            if unasked > known {
                failures.push(format!("{name}: {unasked} lines are not asked, {known} are known"));
            }
            assert!(passed + diverged + failed > 0, "{name} has lines");
            failures.extend(tally.failures.into_iter().map(|text| format!("{name}: {text}")));
        }
        for entry in fs_err::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let known = COVERED.iter().any(|(covered, _)| *covered == name)
                || name == "verify"
                || name == "verify_repos";
            if path.extension().is_some_and(|extension| extension == "jsonl") && !known {
                println!("{name}.jsonl: not covered");
            }
        }
        assert!(failures.is_empty(), "answers differ:\n{}", failures.join("\n"));
    }
}
