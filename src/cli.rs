//! Words of a command line -> what they ask for, and an exit code: 0 done, 1 the cluster has problems, 2 wrong usage or
//! a file that could not be read or written.

mod arguments;
mod drv;
mod keys;
mod run;
mod summary;
mod verify;

pub use arguments::command;

use arguments::{Arguments, Color};
use clap::Parser;
use std::process::ExitCode;

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help goes to stdout with 0, usage errors to stderr with 2.
        Err(error) => error.exit(),
    };
    match arguments.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    match run::run(arguments.command) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            let red = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into()));
            anstream::eprintln!("{red}error{red:#}: {error}");
            error.outcome().into()
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Done,
    Problems,
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Problems => Self::from(1),
            Outcome::Failed => Self::from(2),
        }
    }
}
