//! From a vector's words to our types and back. Names change and numbers are converted; nothing is decided.

use git_dos::verdict::archive::subject;
use git_dos::verdict::severity::{self, Severity};
use git_dos::verdict::sink::Sink;
use git_dos::verdict::{headline, repeat, token, work};
use serde_json::{Value, json};

use super::{liveness, marker_count, posttool, pretool, run_id, session_name, state_diff, tree};

/// Answers the question of one vector in the vector's own words.
pub(crate) type Adapter = fn(&Value) -> Value;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

/// Reads an event; a field that is left out has its default.
fn event(value: &Value) -> severity::Evidence {
    let default = severity::Evidence::default();
    let flag = |name: &str, default| value[name].as_bool().unwrap_or(default);
    severity::Evidence {
        family: text(&value["family"]),
        verdict: text(&value["verdict"]),
        picks_shipped: number(&value["picks_shipped"]),
        picks: severity::Picks::Reported,
        first_occurrence: flag("first_occurrence", default.first_occurrence),
        new_findings: number(&value["new_findings"]),
        substantive_ships: number(&value["substantive_ships"]),
        surfaced: number(&value["surfaced"]),
        soft_claims: number(&value["soft_claims"]),
        staged_changed: flag("staged_changed", default.staged_changed),
        account: None,
    }
}

pub(crate) fn tokens(question: &Value) -> Value {
    match question["op"].as_str().unwrap() {
        "normalize" => json!({ "token": token::normalize(&text(&question["raw"])) }),
        other => json!({ "unknown": other }),
    }
}

pub(crate) fn archive_subject(question: &Value) -> Value {
    let line = text(&question["subject"]);
    let record = subject::read(&line, &text(&question["lane"])).map(|record| {
        json!({
            "run_ts": record.run,
            "verdict": record.verdict,
            "cause": record.cause,
            "recurrence_ordinal": record.ordinal,
        })
    });
    json!({ "record": record, "run_archive_guard": subject::is_bookkeeping(&line) })
}

pub(crate) fn severity(question: &Value) -> Value {
    if question["op"] == "admits" {
        return admits(question);
    }
    let event = event(&question["event"]);
    let verdict = severity::judge(&event);
    let lead = headline::event(&event, verdict);
    json!({ "severity": verdict.severity.name(), "lead_token": lead })
}

fn admits(question: &Value) -> Value {
    let Some(sink) = Sink::named(&text(&question["sink"])) else {
        return json!({ "error": "ValueError" });
    };
    let variables = sink.variables();
    let threshold =
        sink.threshold([0, 1].map(|index: usize| question["env"][&variables[index]].as_str()));
    let admits: serde_json::Map<String, Value> = Severity::ALL
        .into_iter()
        .map(|severity| (severity.name().to_owned(), json!(severity >= threshold)))
        .collect();
    json!({ "threshold": threshold.name(), "admits": admits })
}

pub(crate) fn churn(question: &Value) -> Value {
    let prior = &question["prior"];
    let evidence = repeat::Evidence {
        event: event(&question["event"]),
        cause: text(&question["cause_key"]),
        prior: prior.is_object().then(|| repeat::Prior {
            family: text(&prior["family"]),
            severity: Severity::named(&text(&prior["severity"])),
            cause: text(&prior["cause_key"]),
            count: number(&prior["coalesce_count"]),
        }),
    };
    let policy = repeat::Policy { minimum_run: number(&question["min_coalesce_run"]) };
    match repeat::judge(&evidence, &policy) {
        repeat::Verdict::Repeats { recurrence } => json!({
            "coalesce": true,
            "recurrence": recurrence,
            "subject_suffix": repeat::suffix(recurrence, &evidence.cause),
        }),
        repeat::Verdict::StandsAlone { recurrence, .. } => {
            json!({ "coalesce": false, "recurrence": recurrence, "subject_suffix": "" })
        }
    }
}

pub(crate) fn work_account(question: &Value) -> Value {
    let Some(account) = account(&question["account"]) else {
        return json!({ "error": "ValueError" });
    };
    let mut event = event(&question["event"]);
    event.account = Some(account);
    let verdict = severity::judge(&event);
    json!({
        "severity": verdict.severity.name(),
        "subject_lead_token": headline::event(&event, verdict),
        "lead": headline::work(&account),
        "work": {
            "verdict": work::judge(&account).name(),
            "account": {
                "verified_ships": account.verified_ships,
                "claimed_ships": account.claimed_ships,
                "catches": account.catches,
                "advance_commits": account.advance_commits,
                "grooms": account.grooms,
                "unblocks": account.unblocks,
                "surfaced": account.surfaced,
                "overclaim": work::overclaim(&account),
            },
        },
    })
}

/// Reads counts, which are whole numbers from zero up; `None` when one of them is not.
fn account(value: &Value) -> Option<work::Evidence> {
    let count = |name: &str| value.get(name).map_or(Some(0), Value::as_u64);
    Some(work::Evidence {
        verified_ships: count("verified_ships")?,
        claimed_ships: count("claimed_ships")?,
        catches: count("catches")?,
        advance_commits: count("advance_commits")?,
        grooms: count("grooms")?,
        unblocks: count("unblocks")?,
        surfaced: count("surfaced")?,
    })
}

/// Returns the answer that takes the place of a recorded one, from the words that say what is wrong with it.
pub(crate) fn corrected(why: &str, vector: &Value) -> Value {
    let mut answer = vector["expect"].clone();
    match why {
        "a known but unlisted outcome is NOTICE, never NOOP" => {
            if answer["severity"] == "NOOP" {
                let outcome = token::normalize(&text(&vector["in"]["event"]["verdict"])).unwrap();
                answer["severity"] = json!("NOTICE");
                answer["lead_token"] = json!(outcome.to_lowercase());
            }
        }
        "the verdict token may contain an underscore" => {
            let record = &mut answer["record"];
            let cause = text(&record["cause"]);
            let (rest, cause) = cause.split_once(", ").unwrap();
            record["verdict"] = json!(format!("{}{rest}", text(&record["verdict"])));
            record["cause"] = json!(cause);
        }
        "JSON values compare by type and number; NaN is not JSON; a broken snapshot is 'could not find out'" =>
        {
            answer = state_diff::corrected(vector);
        }
        "a crash is no answer" => answer = state_diff::unread(&vector["in"]),
        other => {
            let known = liveness::corrected(other)
                .or_else(|| run_id::corrected(other))
                .or_else(|| posttool::corrected(other))
                .or_else(|| pretool::corrected(other))
                .or_else(|| session_name::corrected(other, &vector["in"]))
                .or_else(|| tree::corrected(other))
                .or_else(|| marker_count::corrected(other, vector));
            answer = known.unwrap_or_else(|| json!({ "unknown": other }));
        }
    }
    answer
}
