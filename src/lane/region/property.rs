//! Regions against every short path: what is said of patterns holds of the paths that they cover.
//!
//! The patterns are all that can be made of few parts, and the paths all of few letters, told by a matcher of its own.

use super::Region;
use crate::lane::path::{Path, Spelling};

/// The letters of all paths.
const LETTERS: [char; 2] = ['a', 'b'];

/// What the folders of a pattern are made of.
const PARTS: [&str; 14] =
    ["a", "b", "*", "**", "?", "a*", "*b", "a?", "[ab]", "[!a]", "{a,b}", "a*b", "?*", "ab"];

/// Returns all folders and names of one to `length` letters.
fn names(length: usize) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut from = 0;
    for _ in 0..length {
        let longer: Vec<String> = names[from..]
            .iter()
            .flat_map(|name| LETTERS.map(|letter| format!("{name}{letter}")))
            .collect();
        from = names.len();
        names.extend(longer);
    }
    names.split_off(1)
}

/// Returns all paths of one to `depth` names.
fn paths(depth: usize, length: usize) -> Vec<String> {
    let names = names(length);
    let mut all = names.clone();
    let mut last = names.clone();
    for _ in 1..depth {
        last = last
            .iter()
            .flat_map(|folder| names.iter().map(move |name| format!("{folder}/{name}")))
            .collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// Returns all entries of one or two parts.
fn entries() -> Vec<String> {
    let two = PARTS.iter().flat_map(|one| PARTS.map(|two| format!("{one}/{two}")));
    PARTS.iter().map(|part| (*part).to_owned()).chain(two).collect()
}

/// Tells whether `pattern` matches all of `text`, one step at a time.
fn matches(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['{', one, ',', two, '}', rest @ ..], _) => {
            [*one, *two].iter().any(|letter| matches(&[&[*letter], rest].concat(), text))
        }
        (['*', folders @ ..], _) if folders.starts_with(&['*', '/']) => {
            matches(&folders[2..], text) || matches(folders, text)
        }
        (['*', rest @ ..], _) if matches(rest, text) => true,
        (['*', ..], [_, after @ ..]) => matches(pattern, after),
        (['?', rest @ ..], [letter, after @ ..]) => *letter != '/' && matches(rest, after),
        (['[', '!', not, ']', rest @ ..], [letter, after @ ..]) => {
            letter != not && *letter != '/' && matches(rest, after)
        }
        (['[', one, two, ']', rest @ ..], [letter, after @ ..]) => {
            (letter == one || letter == two) && matches(rest, after)
        }
        ([own, rest @ ..], [letter, after @ ..]) => own == letter && matches(rest, after),
        _ => false,
    }
}

/// Tells whether `entry` covers `path`, or a folder that it is in.
fn covers(entry: &str, path: &str) -> bool {
    let mut entry = entry;
    while let Some(folder) = entry.strip_suffix("/**") {
        entry = folder;
    }
    let pattern: Vec<char> = entry.chars().collect();
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    entry == "**"
        || ends.into_iter().any(|end| matches(&pattern, &path[..end].chars().collect::<Vec<_>>()))
}

/// The paths that each entry covers, as one bit a path.
struct Table {
    entries: Vec<String>,
    regions: Vec<Region>,
    covered: Vec<Vec<u64>>,
}

fn table() -> Table {
    let paths = paths(4, 2);
    let parsed: Vec<Path> =
        paths.iter().map(|path| Path::new(path, Spelling::default()).unwrap()).collect();
    let entries = entries();
    let regions: Vec<Region> =
        entries.iter().map(|entry| Region::parse([entry], Spelling::default()).unwrap()).collect();
    let covered = entries.iter().zip(&regions).map(|(entry, region)| {
        let mut bits = vec![0_u64; paths.len().div_ceil(64)];
        for (at, (path, parsed)) in paths.iter().zip(&parsed).enumerate() {
            let is_covered = covers(entry, path);
            assert_eq!(region.covers(parsed), is_covered, "{entry} and {path}");
            bits[at / 64] |= u64::from(is_covered) << (at % 64);
        }
        bits
    });
    let covered = covered.collect();
    Table { entries, regions, covered }
}

#[test]
fn what_is_said_of_regions_holds_of_every_short_path() {
    let Table { entries, regions, covered } = table();
    let (mut apart, mut together, mut inside) = (0, 0, 0);
    for (one, first) in regions.iter().enumerate() {
        for (two, second) in regions.iter().enumerate() {
            let words = || format!("{} and {}", entries[one], entries[two]);
            let shares =
                covered[one].iter().zip(&covered[two]).any(|(left, right)| left & right != 0);
            let meets = first.meets(second);
            assert_eq!(meets, second.meets(first), "{} either way round", words());
            // Every pattern is short enough for a path of both to be among the paths, and all sets have one letter in
            // common.
            assert_eq!(meets, shares, "{}", words());
            let is_subset =
                covered[one].iter().zip(&covered[two]).all(|(left, right)| left & !right == 0);
            assert!(is_subset || !first.is_within(second), "{} within", words());
            let is_within = first.is_within(second);
            *(if meets { &mut together } else { &mut apart }) += 1;
            inside += usize::from(is_within && one != two);
        }
        assert!(first.is_within(first), "{} is in itself", entries[one]);
    }
    assert_eq!(apart + together, 210 * 210, "every pair was asked");
    assert!(apart > 1000 && inside > 1000, "{apart} pairs are apart, {inside} within");
}

#[test]
fn sets_share_the_letters_that_are_in_both() {
    let letters = ['.', '0', 'a', 'b', 'c', 'd'];
    let sets = [
        ("?", "", true),
        ("[ab]", "ab", false),
        ("[!ab]", "ab", true),
        ("[bc]", "bc", false),
        ("[!c]", "c", true),
        ("[b-d]", "bcd", false),
        ("[!a-c]", "abc", true),
        ("[d-b]", "", false),
        ("[!d-b]", "", true),
        ("[.-0]", ".0", false),
        ("[!.-0]", ".0", true),
        ("[!.-d]", ".0abcd", true),
        ("[\0-.]", ".", false),
        ("[!0-\u{10ffff}]", "0abcd", true),
        ("[\u{d7ff}]", "", false),
        ("[\u{e000}]", "", false),
        ("[!\0-\u{d7ff}]", ".0abcd", true),
    ];
    let region = |entry: &str| Region::parse([entry], Spelling::default()).unwrap();
    // Letters of no set above stand for all others that the negated ones have in common.
    let rest = |set: &str, negated: bool, letter: char| match set {
        "[\0-.]" | "[!0-\u{10ffff}]" => letter == '\u{1}',
        "[\u{d7ff}]" => letter == '\u{d7ff}',
        "[\u{e000}]" => letter == '\u{e000}',
        "[!\0-\u{d7ff}]" => letter >= '\u{e000}',
        _ => negated,
    };
    let others = ['\u{1}', '\u{d7ff}', '\u{e000}', '\u{10ffff}'];
    for (one, own, negated) in sets {
        for (two, theirs, turned) in sets {
            let takes = |members: &str, negated, letter| members.contains(letter) != negated;
            let known = letters
                .iter()
                .any(|letter| takes(own, negated, *letter) && takes(theirs, turned, *letter));
            let unknown = others
                .iter()
                .any(|letter| rest(one, negated, *letter) && rest(two, turned, *letter));
            let meets = region(&format!("x/{one}")).meets(&region(&format!("x/{two}")));
            assert_eq!(meets, known || unknown, "{one:?} and {two:?}");
        }
    }
}
