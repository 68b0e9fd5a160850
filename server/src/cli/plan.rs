//! `ticketboss plan …`: reads, checks and writes plan files, and publishes them for venues.

use super::{Place, operate};
use crate::events::plan_files::{ImportError, Imported, PlanFormat, detect_format, export, import};
use clap::{Args, Subcommand};
use shared_model::plan::{PLAN_FILE_BYTES_MAX, SeatingPlan, check::check};
use std::{
    fs, io,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(subcommand)]
    command: PlanCommand,
}

#[derive(Debug, Subcommand)]
enum PlanCommand {
    /// Reads a plan of any format and writes it in ours
    Import {
        file: PathBuf,
        /// ticketboss, pretix, seatsio or csv; found out where it is not given
        #[arg(long)]
        format: Option<PlanFormat>,
        /// The plan's name, instead of the one in the file
        #[arg(long)]
        name: Option<String>,
        /// Where to write it; standard output where not given
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Reads a plan of any format and says what is wrong with it
    Check {
        file: PathBuf,
        /// ticketboss, pretix, seatsio or csv; found out where it is not given
        #[arg(long)]
        format: Option<PlanFormat>,
    },
    /// Publishes a plan of any format for a venue; new performances there use it
    Publish {
        file: PathBuf,
        /// The venue's slug
        #[arg(long)]
        venue: String,
        /// The slug of the one organizer whose events use it; without it, it is for everybody's
        #[arg(long)]
        organizer: Option<String>,
        /// ticketboss, pretix, seatsio or csv; found out where it is not given
        #[arg(long)]
        format: Option<PlanFormat>,
    },
    /// Writes a plan for another system and says what is lost
    Export {
        file: PathBuf,
        /// ticketboss, pretix or csv
        #[arg(long)]
        format: PlanFormat,
        /// Where to write it; standard output where not given
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, thiserror::Error)]
enum PlanError {
    #[error("{}: {error}", .file.display())]
    File { file: PathBuf, error: io::Error },
    #[error("{}: unknown plan format; name it with --format", .0.display())]
    UnknownFormat(PathBuf),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Export(#[from] crate::events::plan_files::ExportError),
}

/// Runs the command. Plans go to standard output or a file, all that is said about them to standard
/// error. Fails when a file cannot be read or the checker finds errors.
pub fn run(place: &Place, args: PlanArgs) -> ExitCode {
    match try_run(place, args.command) {
        Ok(exit) => exit,
        Err(error) => {
            eprintln!("{error}");
            if let PlanError::Import(ImportError::Mistakes { mistakes, left_out }) = error {
                mistakes.iter().for_each(|mistake| eprintln!("  {mistake}"));
                if left_out > 0 {
                    eprintln!("  and {left_out} more");
                }
            }
            ExitCode::FAILURE
        }
    }
}

fn try_run(place: &Place, command: PlanCommand) -> Result<ExitCode, PlanError> {
    let exit = |is_fine: bool| ExitCode::from(u8::from(!is_fine));
    match command {
        PlanCommand::Import { file, format, name, output } => {
            let plan = read_plan(&file, format, name.as_deref())?;
            let is_fine = say_findings(&plan);
            write(output.as_deref(), &export(PlanFormat::Ticketboss, &plan)?.text)?;
            Ok(exit(is_fine))
        }
        PlanCommand::Check { file, format } => Ok(exit(say_findings(&read_plan(&file, format, None)?))),
        PlanCommand::Publish { file, venue, organizer, format } => {
            Ok(operate::publish_plan(place, &venue, organizer.as_deref(), &read_plan(&file, format, None)?))
        }
        PlanCommand::Export { file, format, output } => {
            let plan = read_plan(&file, None, None)?;
            let exported = export(format, &plan)?;
            exported.losses.iter().for_each(|loss| eprintln!("lost: {loss}"));
            write(output.as_deref(), &exported.text)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Reads a plan file and says what there is to remark about it.
fn read_plan(file: &Path, format: Option<PlanFormat>, name: Option<&str>) -> Result<SeatingPlan, PlanError> {
    let in_file = |error| PlanError::File { file: file.to_owned(), error };
    let mut bytes = Vec::new();
    let bound = PLAN_FILE_BYTES_MAX as u64 + 1;
    fs::File::open(file).and_then(|opened| opened.take(bound).read_to_end(&mut bytes)).map_err(in_file)?;
    let format = match format.or_else(|| detect_format(&bytes)) {
        Some(format) => format,
        None => return Err(PlanError::UnknownFormat(file.to_owned())),
    };
    let Imported { plan, remarks } = import(format, &bytes, name)?;
    remarks.iter().for_each(|remark| eprintln!("remark: {remark}"));
    Ok(plan)
}

/// Says what the checker found and whether the plan may be published.
fn say_findings(plan: &SeatingPlan) -> bool {
    let report = check(plan);
    report.errors.iter().for_each(|error| eprintln!("error: {error}"));
    report.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
    if report.left_out > 0 {
        eprintln!("and {} findings more", report.left_out);
    }
    let (places, sections) = (plan.place_count(), plan.sections().count());
    let verdict = if report.is_publishable() { "may be published" } else { "may not be published" };
    eprintln!("{}: {places} places in {sections} sections; it {verdict}", plan.name);
    report.is_publishable()
}

fn write(output: Option<&Path>, text: &str) -> Result<(), PlanError> {
    match output {
        Some(file) => fs::write(file, text).map_err(|error| PlanError::File { file: file.to_owned(), error }),
        None => match io::stdout().write_all(text.as_bytes()) {
            // A reader that closed the pipe has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.map_err(|error| PlanError::File { file: "standard output".into(), error }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        plan: PlanArgs,
    }

    /// Runs a line with `{}` for a new file and gives back what was written to it.
    fn run_line(line: &str, name: &str) -> (Result<ExitCode, PlanError>, String) {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/plans/");
        let folder = tempfile::tempdir().expect("the temporary folder can be written");
        let output = folder.path().join(name);
        let line = line.replace("{}", &output.display().to_string()).replace("fixtures/", fixtures);
        let Line { place, plan } = Line::try_parse_from(line.split(' ')).expect("a line that parses");
        let result = try_run(&place, plan.command);
        let text = fs::read_to_string(&output).unwrap_or_default();
        (result, text)
    }

    #[test]
    fn import_writes_our_format() {
        let (result, text) = run_line("plan import fixtures/list.csv --format csv --name Barn -o {}", "import");
        assert_eq!(result.expect("a plan"), ExitCode::SUCCESS);
        let plan = import(PlanFormat::Ticketboss, text.as_bytes(), None).expect("our format").plan;
        assert_eq!((plan.name.as_str(), plan.place_count()), ("Barn", 6));
    }

    #[test]
    fn check_finds_out_the_format_and_names_mistakes() {
        let (fine, _) = run_line("plan check fixtures/seatsio-garden.json", "check");
        assert_eq!(fine.expect("a plan"), ExitCode::SUCCESS);
        let mistakes = run_line("plan check fixtures/pretix-mistakes.json", "mistakes").0;
        assert!(matches!(mistakes, Err(PlanError::Import(ImportError::Mistakes { .. }))));
        assert!(matches!(run_line("plan check fixtures/none.csv", "none").0, Err(PlanError::File { .. })));
    }

    #[test]
    fn export_writes_the_other_format() {
        let (result, text) = run_line("plan export fixtures/pretix-hall.json --format csv -o {}", "export");
        assert_eq!(result.expect("a plan"), ExitCode::SUCCESS);
        assert!(text.starts_with("section,row,seat,x,y,category,flags\nParquet,A,1,"));
    }
}
