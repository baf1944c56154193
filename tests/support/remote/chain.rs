//! What did the ref of leases on a remote ever say, and did it ever say that two hold one place?

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Repository, run_with_input};

/// One commit that the ref was at, or that it passed over.
#[derive(Debug)]
pub struct Change {
    /// Its id.
    pub commit: String,
    /// The commit before it, unless the chain begins with it.
    pub parent: Option<String>,
    /// What its message says became of leases.
    pub effects: Vec<Value>,
    /// The set.
    pub state: Value,
}

impl Change {
    fn read(repository: &Repository<'_>, commit: &str) -> Self {
        let text = repository.git(["cat-file", "commit", commit]);
        let parent = text.lines().find_map(|line| line.strip_prefix("parent "));
        let trailers = text.lines().filter_map(|line| line.strip_prefix("Dos-Lease: "));
        let file = repository.git(["cat-file", "blob", &format!("{commit}:leases.json")]);
        Self {
            commit: commit.to_owned(),
            parent: parent.map(str::to_owned),
            effects: trailers.map(|line| serde_json::from_str(line).unwrap()).collect(),
            state: serde_json::from_str(&file).unwrap(),
        }
    }

    /// Returns the leases of the set.
    pub fn leases(&self) -> &[Value] {
        self.state["leases"].as_array().unwrap()
    }

    /// Returns the number of the change.
    pub fn number(&self) -> u64 {
        self.state["generation"].as_u64().unwrap()
    }
}

/// Every change that a ref had, in order.
pub struct Chain {
    /// The changes.
    pub changes: Vec<Change>,
    /// What is wrong with how the ref moved.
    faults: Vec<String>,
}

impl Chain {
    /// Reads the log of `reference` in a bare repository.
    pub fn read(repository: &Repository<'_>, reference: &str) -> Self {
        let log = repository.path.join("logs").join(reference);
        let log = fs_err::read_to_string(log).unwrap_or_default();
        let mut chain = Self { changes: Vec::new(), faults: Vec::new() };
        let mut at = None::<String>;
        for line in log.lines() {
            let mut words = line.split(' ');
            let (old, new) = (words.next().unwrap(), words.next().unwrap());
            let old = Some(old.to_owned()).filter(|id| id.contains(|digit| digit != '0'));
            if old != at {
                chain.faults.push(format!("the log of the ref goes from {at:?} to {old:?}"));
            }
            let added = passed(repository, old.as_deref(), new);
            let first = added.first().map(|commit| Change::read(repository, commit));
            if let Some(first) = first {
                if first.parent != old && first.parent.is_some() {
                    chain.faults.push(format!("{} is not made from {old:?}", first.commit));
                }
                chain.changes.push(first);
            } else {
                chain.faults.push(format!("the ref went back from {old:?} to {new}"));
            }
            let rest = added.iter().skip(1).map(|commit| Change::read(repository, commit));
            chain.changes.extend(rest);
            at = Some(new.to_owned());
        }
        chain
    }

    /// Returns what is wrong: two in one place, a number that does not grow, a change that was lost.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.faults.clone();
        let mut granted = 0;
        for change in &self.changes {
            let commit = &change.commit;
            for (number, lease) in change.leases().iter().enumerate() {
                for other in &change.leases()[number + 1..] {
                    if overlap(lease, other) {
                        faults.push(format!("two at {commit}: {lease} and {other}"));
                    }
                }
            }
            for grant in given(change) {
                if grant <= granted {
                    faults.push(format!("number {grant} was given after {granted}, at {commit}"));
                }
                granted = grant;
            }
        }
        for pair in self.changes.windows(2) {
            faults.extend(step(&pair[0], &pair[1]));
        }
        faults
    }

    /// Returns the number, lane and owner of each lease that was given.
    pub fn grants(&self) -> Vec<(u64, String, String)> {
        let effects = self.changes.iter().flat_map(|change| &change.effects);
        let given = effects.filter(|effect| effect["fate"] == "given");
        let text = |effect: &Value, key: &str| effect[key].as_str().unwrap_or_default().to_owned();
        given
            .map(|effect| {
                (effect["grant"].as_u64().unwrap(), text(effect, "lane"), text(effect, "owner"))
            })
            .collect()
    }

    /// Returns the lane and owner of each lease of the newest set.
    pub fn held(&self) -> Vec<(String, String)> {
        let leases = self.changes.last().map(Change::leases).unwrap_or_default();
        let text = |lease: &Value, key: &str| lease[key].as_str().unwrap_or_default().to_owned();
        leases.iter().map(|lease| (text(lease, "lane"), text(lease, "owner"))).collect()
    }
}

/// Returns the commits that a ref passed when it went from `old` to `new`, oldest first.
fn passed(repository: &Repository<'_>, old: Option<&str>, new: &str) -> Vec<String> {
    let wanted = match old {
        Some(old) => format!("{new}\n^{old}\n"),
        None => format!("{new}\n"),
    };
    let mut command = repository.command("git");
    command.args(["rev-list", "--topo-order", "--reverse", "--stdin"]);
    let ran = run_with_input(&mut command, wanted.as_bytes());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.stdout.lines().map(str::to_owned).collect()
}

fn given(change: &Change) -> impl Iterator<Item = u64> {
    let given = change.effects.iter().filter(|effect| effect["fate"] == "given");
    given.map(|effect| effect["grant"].as_u64().unwrap())
}

/// Says what is wrong with going from one set to the next: a lease that comes or goes without a word.
fn step(before: &Change, after: &Change) -> Vec<String> {
    let grants = |change: &Change| -> BTreeSet<u64> {
        change.leases().iter().map(|lease| lease["grant"].as_u64().unwrap()).collect()
    };
    let (old, new) = (grants(before), grants(after));
    let mut faults = Vec::new();
    for grant in old.symmetric_difference(&new) {
        if !after.effects.iter().any(|effect| effect["grant"].as_u64() == Some(*grant)) {
            faults.push(format!("lease {grant} is lost or new without a word at {}", after.commit));
        }
    }
    if after.number() <= before.number() {
        faults.push(format!("change {} is not after {}", after.number(), before.number()));
    }
    faults
}

/// Tells whether two leases have a lane or a path in common and are not both shared.
fn overlap(one: &Value, other: &Value) -> bool {
    if one["mode"] == "shared" && other["mode"] == "shared" {
        return false;
    }
    let trees = |lease: &Value| -> Vec<String> {
        let tree = lease["tree"].as_array().unwrap().iter();
        tree.map(|path| path.as_str().unwrap().trim_end_matches("/**").to_owned()).collect()
    };
    let within = |path: &str, folder: &str| {
        path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let (left, right) = (trees(one), trees(other));
    one["lane"] == other["lane"]
        || left.iter().any(|path| right.iter().any(|of| within(path, of) || within(of, path)))
}
