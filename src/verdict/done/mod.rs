//! May this "done" stand? What a worker claims at its stop, beside what git says of it.
//!
//! A worker is made to go on once for each claim that is not borne out, and [`Policy::pushes`] times at most
//! since its user last spoke. What nobody can tell is never held against it.

pub mod claim;
mod prose;

pub use claim::{Claim, Rung};

/// What is known when a worker says that it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it claims, each once, in the order of its words, with what git says of it.
    pub claims: Vec<(Claim, Standing)>,
    /// The claims that it was told of before.
    pub told: Vec<Claim>,
    /// How often it was made to go on since its user last spoke.
    pub pushes: usize,
}

/// What git says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The phase shipped, here or on another branch.
    BorneOut,
    /// It did not.
    NotBorneOut,
    /// Nobody can tell.
    Unknown,
}

/// How often a worker is made to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The most times since its user last spoke, whatever the claims.
    pub pushes: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self { pushes: 2 }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing speaks against it.
    Stands,
    /// The claims with these numbers are to be told to the worker, which goes on.
    PushBack(Vec<usize>),
    /// Something speaks against it, and the worker may stop all the same.
    LetGo(Mercy),
}

/// Why a worker may stop with a claim that is not borne out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mercy {
    /// It was told of every such claim before.
    Told,
    /// It was made to go on as often as a worker may be.
    Enough,
}

/// Judges `evidence` under `policy`.
#[must_use]
pub fn judge(evidence: &Evidence, policy: &Policy) -> Verdict {
    let is_false = |(_, (_, standing)): &(usize, &(Claim, Standing))| match standing {
        Standing::NotBorneOut => true,
        Standing::BorneOut | Standing::Unknown => false,
    };
    let mut open: Vec<(usize, &Claim)> = evidence
        .claims
        .iter()
        .enumerate()
        .filter(is_false)
        .map(|(number, (claim, _))| (number, claim))
        .collect();
    if open.is_empty() {
        return Verdict::Stands;
    }
    open.retain(|(_, claim)| evidence.told.iter().all(|told| !told.is_same(claim)));
    if open.is_empty() {
        return Verdict::LetGo(Mercy::Told);
    }
    if evidence.pushes >= policy.pushes {
        return Verdict::LetGo(Mercy::Enough);
    }
    Verdict::PushBack(open.into_iter().map(|(number, _)| number).collect())
}

#[cfg(test)]
mod tests {
    use super::claim::tests::claim;
    use super::{Evidence, Mercy, Policy, Standing, Verdict, judge};
    use Standing::{BorneOut, NotBorneOut, Unknown};

    /// Claims with their standing, those told before, how often pushed, and the answer.
    type Row<'a> = (&'a [(&'a str, Standing)], &'a [&'a str], usize, Verdict);

    #[test]
    fn only_what_is_refuted_and_new_is_pushed_back() {
        let (a, b) = ("AUTH AUTH1", "AUTH AUTH2");
        let both = vec![0, 1];
        let push = Verdict::PushBack;
        let (told, enough) = (Verdict::LetGo(Mercy::Told), Verdict::LetGo(Mercy::Enough));
        let rows: [Row<'_>; 13] = [
            (&[], &[], 0, Verdict::Stands),
            (&[(a, BorneOut)], &[], 0, Verdict::Stands),
            (&[(a, Unknown)], &[], 0, Verdict::Stands),
            (&[(a, Unknown)], &[], 2, Verdict::Stands),
            (&[(a, NotBorneOut)], &[], 0, push(vec![0])),
            (&[(a, BorneOut), (b, NotBorneOut)], &[], 0, push(vec![1])),
            (&[(a, NotBorneOut), (b, NotBorneOut)], &[], 1, push(both)),
            (&[(a, NotBorneOut)], &[a], 0, told.clone()),
            (&[(a, NotBorneOut)], &[a], 2, told),
            (&[(a, NotBorneOut), (b, NotBorneOut)], &[a], 1, push(vec![1])),
            (&[(a, NotBorneOut), (b, NotBorneOut)], &[a], 2, enough.clone()),
            (&[(a, NotBorneOut)], &[b], 3, enough),
            (&[(a, NotBorneOut)], &["auth auth1"], 0, push(vec![0])),
        ];
        for (claims, told, pushes, want) in rows {
            let evidence = Evidence {
                claims: claims.iter().map(|(words, standing)| (claim(words), *standing)).collect(),
                told: told.iter().map(|words| claim(words)).collect(),
                pushes,
            };
            assert_eq!(judge(&evidence, &Policy::default()), want, "{evidence:?}");
        }
    }

    #[test]
    fn no_policy_makes_a_loop() {
        let mut evidence =
            Evidence { claims: vec![(claim("P X"), NotBorneOut)], told: Vec::new(), pushes: 0 };
        let mut pushed = 0;
        for round in 0..50 {
            evidence.claims = vec![(claim(&format!("P X{round}")), NotBorneOut)];
            if judge(&evidence, &Policy::default()) == Verdict::PushBack(vec![0]) {
                pushed += 1;
                evidence.pushes += 1;
                evidence.told.push(evidence.claims[0].0.clone());
            }
        }
        assert_eq!(pushed, 2, "another claim at every stop of one turn");
    }
}
