//! What is different between two looks, in sentences?

use std::collections::HashMap;

use super::page::{Found, Kind, Row};

/// Names what is new, gone or different in a part of the kind `kind`.
pub(super) fn between<'f>(kind: Kind, before: &'f Found, after: &'f Found) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let is_whole = before.left_out == 0 && after.left_out == 0;
    let is_counted = matches!(kind, Kind::Folds | Kind::Wiring) || !is_whole;
    if is_counted && before.summary != after.summary {
        let title = kind.title();
        told.push(format!("{title}: {}; before: {}", after.summary, before.summary));
    }
    if !is_whole {
        // A row may be gone because others came before it.
        return told;
    }
    let by_key = |found: &'f Found| -> HashMap<&str, &Row> {
        found.rows.iter().map(|row| (row.key.as_str(), row)).collect()
    };
    let (old, new) = (by_key(before), by_key(after));
    for row in &after.rows {
        match old.get(row.key.as_str()) {
            None => told.push(appeared(kind, row)),
            Some(old) if old.state != row.state => told.push(changed(old, row)),
            Some(_) => {}
        }
    }
    let gone = before.rows.iter().filter(|row| !new.contains_key(row.key.as_str()));
    told.extend(gone.map(|row| vanished(kind, row)));
    told
}

fn appeared(kind: Kind, row: &Row) -> String {
    let Row { name, state, .. } = row;
    match kind {
        Kind::Halts => format!("a stop is proposed of {name}: {state}"),
        Kind::Runs => format!("{name} is new here: {state}"),
        Kind::Lanes => format!("{name} is taken: {state}"),
        Kind::Unpushed => format!("{name} is to be pushed: {state}"),
        Kind::Folds | Kind::Wiring => format!("{name}: {state}"),
    }
}

fn changed(old: &Row, row: &Row) -> String {
    format!("{}: {}; before: {}", row.name, row.state, old.state)
}

fn vanished(kind: Kind, row: &Row) -> String {
    let name = &row.name;
    match kind {
        Kind::Halts => format!("the stop of {name} is not proposed any more"),
        Kind::Runs => format!("{name} is not open any more"),
        Kind::Lanes => format!("{name} is free"),
        Kind::Unpushed => format!("{name} is not to be pushed any more"),
        Kind::Folds | Kind::Wiring => format!("{name} is gone"),
    }
}

#[cfg(test)]
mod tests {
    use super::between;
    use crate::cli::top::page::{Found, Kind, Mood, Row};

    fn found(summary: &str, rows: &[(&str, &str)]) -> Found {
        let row = |(name, state): &(&str, &str)| Row {
            key: (*name).to_owned(),
            name: (*name).to_owned(),
            state: (*state).to_owned(),
            mood: Mood::Calm,
            cells: Vec::new(),
            below: Vec::new(),
            full: Vec::new(),
        };
        Found {
            summary: summary.to_owned(),
            mood: Mood::Calm,
            shape: &[],
            rows: rows.iter().map(row).collect(),
            left_out: 0,
        }
    }

    #[test]
    fn what_came_went_and_changed_is_named_and_nothing_else() {
        let before = found("", &[("run 1", "ADVANCING"), ("run 2", "SPINNING"), ("run 3", "x")]);
        let after = found("", &[("run 3", "x"), ("run 1", "STALLED"), ("run 4", "ADVANCING")]);
        assert_eq!(
            between(Kind::Runs, &before, &after),
            [
                "run 1: STALLED; before: ADVANCING",
                "run 4 is new here: ADVANCING",
                "run 2 is not open any more"
            ]
        );
        assert_eq!(between(Kind::Runs, &before, &before), Vec::<String>::new());
    }

    #[test]
    fn each_part_has_its_words() {
        let (none, one) = (found("none", &[]), found("1", &[("api", "ada")]));
        for (kind, came, went) in [
            (
                Kind::Halts,
                "a stop is proposed of api: ada",
                "the stop of api is not proposed any more",
            ),
            (Kind::Lanes, "api is taken: ada", "api is free"),
            (Kind::Unpushed, "api is to be pushed: ada", "api is not to be pushed any more"),
        ] {
            assert_eq!(between(kind, &none, &one), [came]);
            assert_eq!(between(kind, &one, &none), [went]);
        }
        let (three, four) = (found("3", &[]), found("4", &[]));
        assert_eq!(between(Kind::Folds, &three, &four), ["folds of archives: 4; before: 3"]);
        assert_eq!(between(Kind::Runs, &three, &four), Vec::<String>::new(), "rows say it");
        let more = Found { left_out: 1, ..found("101", &[("a", "x")]) };
        let most = Found { left_out: 2, ..found("102", &[("b", "x")]) };
        assert_eq!(
            between(Kind::Unpushed, &more, &most),
            ["to be pushed: 102; before: 101"],
            "a row that another one pushed out of the list is not gone"
        );
    }
}
