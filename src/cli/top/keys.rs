//! What does a key ask for?

use ratatui_crossterm::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What somebody at the keyboard wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// End.
    Quit,
    /// Leave the help, or end.
    Back,
    /// Go on in the shell, until `fg`.
    Suspend,
    /// Select another line.
    Go(Step),
    /// Look now.
    Refresh,
    /// Look no more for a while, or again.
    Pause,
    /// Show or hide the help.
    Help,
    /// Draw everything anew.
    Redraw,
}

/// Which line is selected next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The next one.
    Down,
    /// The one before.
    Up,
    /// As many further down as fit on the screen.
    PageDown,
    /// As many further up.
    PageUp,
    /// The first.
    First,
    /// The last.
    Last,
    /// The beginning of the next part; after the last, of the first.
    NextPart,
    /// The beginning of the part before.
    PreviousPart,
}

/// The keys and what they do, for the help.
pub(super) const HELP: [(&str, &str); 9] = [
    ("q, Esc, Ctrl-C", "quit"),
    ("j, k, arrows", "select the next or the previous line; all of it is then shown"),
    ("PgDn, PgUp", "a screen further"),
    ("g, G", "the first, the last line"),
    ("Tab, Shift-Tab", "the next, the previous part"),
    ("r", "look now"),
    ("p", "pause, or go on looking"),
    ("?, h", "show or hide these lines"),
    ("Ctrl-Z", "back to the shell; fg returns"),
];

/// The keys alone, or with Shift where that makes another letter.
const PLAIN: [(KeyCode, Command); 19] = [
    (KeyCode::Char('q'), Command::Quit),
    (KeyCode::Esc, Command::Back),
    (KeyCode::Char('j'), Command::Go(Step::Down)),
    (KeyCode::Down, Command::Go(Step::Down)),
    (KeyCode::Char('k'), Command::Go(Step::Up)),
    (KeyCode::Up, Command::Go(Step::Up)),
    (KeyCode::Char(' '), Command::Go(Step::PageDown)),
    (KeyCode::PageDown, Command::Go(Step::PageDown)),
    (KeyCode::PageUp, Command::Go(Step::PageUp)),
    (KeyCode::Char('g'), Command::Go(Step::First)),
    (KeyCode::Home, Command::Go(Step::First)),
    (KeyCode::Char('G'), Command::Go(Step::Last)),
    (KeyCode::End, Command::Go(Step::Last)),
    (KeyCode::Tab, Command::Go(Step::NextPart)),
    (KeyCode::BackTab, Command::Go(Step::PreviousPart)),
    (KeyCode::Char('r'), Command::Refresh),
    (KeyCode::Char('p'), Command::Pause),
    (KeyCode::Char('?'), Command::Help),
    (KeyCode::Char('h'), Command::Help),
];

/// The keys with Ctrl; those of pages are as in `less`.
const CONTROL: [(KeyCode, Command); 7] = [
    (KeyCode::Char('c'), Command::Quit),
    (KeyCode::Char('z'), Command::Suspend),
    (KeyCode::Char('l'), Command::Redraw),
    (KeyCode::Char('d'), Command::Go(Step::PageDown)),
    (KeyCode::Char('f'), Command::Go(Step::PageDown)),
    (KeyCode::Char('u'), Command::Go(Step::PageUp)),
    (KeyCode::Char('b'), Command::Go(Step::PageUp)),
];

/// Returns what `key` asks for, if anything.
pub(super) fn command(key: KeyEvent) -> Option<Command> {
    let has_control = key.modifiers.contains(KeyModifiers::CONTROL);
    let keys = if has_control { &CONTROL[..] } else { &PLAIN[..] };
    let is_pressed = key.kind != KeyEventKind::Release;
    let meant = keys.iter().find(|(code, _)| is_pressed && *code == key.code);
    meant.map(|(_, command)| *command)
}

#[cfg(test)]
mod tests {
    use ratatui_crossterm::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

    use super::{Command, Step, command};

    #[test]
    fn every_key_of_the_help_does_something_and_others_do_nothing() {
        let key = |code| command(KeyEvent::new(code, KeyModifiers::NONE));
        let control = |letter| command(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL));
        for (code, want) in [
            (KeyCode::Char('q'), Command::Quit),
            (KeyCode::Esc, Command::Back),
            (KeyCode::Char('j'), Command::Go(Step::Down)),
            (KeyCode::Down, Command::Go(Step::Down)),
            (KeyCode::Char('k'), Command::Go(Step::Up)),
            (KeyCode::Up, Command::Go(Step::Up)),
            (KeyCode::PageDown, Command::Go(Step::PageDown)),
            (KeyCode::PageUp, Command::Go(Step::PageUp)),
            (KeyCode::Char('g'), Command::Go(Step::First)),
            (KeyCode::Char('G'), Command::Go(Step::Last)),
            (KeyCode::Tab, Command::Go(Step::NextPart)),
            (KeyCode::BackTab, Command::Go(Step::PreviousPart)),
            (KeyCode::Char('r'), Command::Refresh),
            (KeyCode::Char('p'), Command::Pause),
            (KeyCode::Char('?'), Command::Help),
            (KeyCode::Char('h'), Command::Help),
        ] {
            assert_eq!(key(code), Some(want), "{code:?}");
        }
        assert_eq!(control('c'), Some(Command::Quit));
        assert_eq!(control('z'), Some(Command::Suspend));
        assert_eq!(control('q'), None, "a key with Ctrl is another key");
        for code in [KeyCode::Char('x'), KeyCode::Enter, KeyCode::F(1), KeyCode::Null] {
            assert_eq!(key(code), None, "{code:?}");
        }
        let released =
            KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(command(released), None, "a key counts once");
    }
}
