//! `git dos top`: what goes on here, live in a terminal.

mod board;
mod changes;
mod events;
mod fit;
mod keys;
mod layout;
mod look;
mod page;
mod parts;
mod screen;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod view;

use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use gix::error::{Result, ResultExt as _, bail, message};

use self::board::Board;
use self::events::Event;
use self::fit::Glyphs;
use self::look::{Looker, Order};
use self::screen::{Colour, Scene};
use self::terminal::Screen;
use self::view::{Effect, View};
use crate::evidence::repository::{self, Environment};
use crate::output::{HINT, Outcome, print, shown};
use crate::policy::span::Span;
use crate::{clock, env};

/// Watch what goes on here, live in a terminal
///
/// Proposed stops with the command that acknowledges them, runs with what each is doing and why, lanes with their
/// holders and the time they have left, commits that a push would send and whose claims their diffs do not bear out,
/// folds, whether git and the agents would call git-dos, and what changed just now. Nothing is written, and no server
/// is asked. ? shows the keys.
///
/// Exit code 0 when it is left with q, or by SIGTERM. 2: it could not run, or with --once, not all could be found out.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How long to wait between two looks, such as 5s, at least a second
    ///
    /// Where a look takes long, it waits longer: nine times as long as the look took.
    #[arg(long, value_name = "TIME", default_value = "2s")]
    interval: Span,
    /// Print the page once, as text, and end
    #[arg(long)]
    once: bool,
}

/// How often the ages on the screen are drawn anew.
const TICK: Duration = Duration::from_secs(1);

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    if arguments.once {
        return once();
    }
    if !std::io::stdout().is_terminal() || env::is_dumb_terminal() {
        let why =
            if env::is_dumb_terminal() { "can show no screen (TERM=dumb)" } else { "is none" };
        bail!(
            message!("What this would be shown on is no terminal to draw on: it {why}")
                .with(HINT, "git dos top --once prints it once; git dos status says it in full")
        );
    }
    let place = repository.workdir().unwrap_or_else(|| repository.git_dir());
    let place = std::path::absolute(place).unwrap_or_else(|_| place.to_owned());
    let scene = Scene {
        place: shown(place.as_os_str().as_encoded_bytes()),
        interval: arguments.interval.0.max(Duration::from_secs(1)),
        glyphs: if env::is_unicode() { Glyphs::Unicode } else { Glyphs::Ascii },
        colour: if env::no_color() { Colour::Refused } else { Colour::Wanted },
    };
    drop(repository);
    let (sender, events) = events::listen()?;
    let mut screen = Screen::take()?;
    events::read_keys(sender.clone());
    let orders = look::begin(scene.interval, sender);
    crate::pause::panic_at("top");
    show(&mut screen, &scene, &events, &orders)?;
    Ok(Outcome::Holds)
}

/// Prints the page once.
fn once() -> Result<Outcome> {
    let mut board = Board::default();
    board.update(Looker::new(Duration::ZERO, Duration::MAX).look());
    let text = text::render(&board, clock::now());
    print(&text).or_raise(|| message("Could not print the answer"))?;
    Ok(if board.is_incomplete() { Outcome::Unknown } else { Outcome::Holds })
}

/// Shows the screen until somebody wants it to end.
fn show(
    screen: &mut Screen,
    scene: &Scene,
    events: &Receiver<Event>,
    orders: &Sender<Order>,
) -> Result<()> {
    let (mut board, mut view) = (Board::default(), View::default());
    loop {
        screen.draw(&board, &mut view, (scene, clock::now()))?;
        let mut next = events.recv_timeout(TICK);
        // All that has come is taken in before the next picture.
        while let Ok(event) = next {
            match taken(event, &mut board, &mut view)? {
                Effect::Draw => {}
                Effect::Quit => return Ok(()),
                Effect::Suspend => screen.suspend()?,
                Effect::Redraw => screen.retake()?,
                Effect::Look => tell(orders, Order::Look)?,
                Effect::Pause => tell(orders, Order::Pause)?,
                Effect::Resume => tell(orders, Order::Resume)?,
            }
            next = events.try_recv().map_err(|_| RecvTimeoutError::Timeout);
        }
    }
}

/// Takes one event in, and returns what else is to be done.
fn taken(event: Event, board: &mut Board, view: &mut View) -> Result<Effect> {
    match event {
        Event::Key(key) => {
            return Ok(keys::command(key).map_or(Effect::Draw, |asked| view.apply(asked, board)));
        }
        Event::Resize => {}
        Event::Looking(since) => board.looking = Some(since),
        Event::Looked(look) => board.update(look),
        Event::Continued => return Ok(Effect::Redraw),
        Event::Stop => return Ok(Effect::Quit),
        Event::Deaf(error) => {
            return Err(error).or_raise(|| message("Could not read keys from the terminal"));
        }
        Event::Lost => bail!(message("What looks at the repository has ended by an error of ours")),
    }
    Ok(Effect::Draw)
}

fn tell(orders: &Sender<Order>, order: Order) -> Result<()> {
    orders.send(order).or_raise(|| message("What looks at the repository has ended"))
}
