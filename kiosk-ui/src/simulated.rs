//! Commands of a demonstration: the screen with its dock, a visit, the gallery, an item's pages.

use domain::service_item::ItemId;
use kiosk_ui::chain::Chain;
use kiosk_ui::cli::{Cli, GalleryFlags, VisitFlags, VisitOptions};
use kiosk_ui::clock::TerminalClock;
use kiosk_ui::config::Config;
use kiosk_ui::device::camera;
use kiosk_ui::dock::{self, LastPaper};
use kiosk_ui::journal::Journal;
use kiosk_ui::kms::Lie;
use kiosk_ui::output::Output;
use kiosk_ui::province::{News, Randomness};
use kiosk_ui::rig::{self, Rig, RigError, RigOptions, RigPace, RigProvince};
use kiosk_ui::start::Parts;
use kiosk_ui::window::{Display, WindowError};
use kiosk_ui::{gallery, no_display, visit};
use platform_client::sim::{CatalogueSource, TimeSource};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// How soon a button of the dock is felt.
const NEWS_EVERY: Duration = Duration::from_secs(3);

/// The screen with the simulators' dock; where there is no display, the sample visits.
pub(crate) fn screen(cli: &Cli, config: Config, output: Output) -> ExitCode {
    let (data, screen) = (cli.data(&config), cli.screen(&config).scaled(cli.screen.scale));
    let display = match Display::find(Lie::PLAIN) {
        Ok(display) => display,
        Err(error) => return no_display::play(&error.to_string(), &data, output),
    };
    let clock = TerminalClock::machine(config.offset);
    let paper = LastPaper::default();
    let rig = match start_rig(&data, &clock, &config, &paper) {
        Ok(rig) => rig,
        Err(error) => return output.failed("simulator", &Chain(&error).to_string()),
    };
    if let Some(page) = rig.admin_url() {
        tracing::info!(%page, "the province's live page");
    }
    let journal = Journal::in_folder(&data).unwrap_or_else(|error| {
        tracing::warn!(%error, "the journal cannot be written");
        Journal::none()
    });
    let camera = match config.devices.camera.clone() {
        Some(port) => camera::by_port(port),
        None => rig.camera_source(),
    };
    let parts = Parts {
        fleet: config.fleet,
        site: rig.site().clone(),
        data,
        clock,
        devices: config.devices.or(rig.devices()),
        camera: Some(camera),
        province: rig.province().clone(),
        randomness: Randomness::Machine,
        news: News::Every(NEWS_EVERY),
        journal,
    };
    match display.show(parts, screen, |terminal| dock::furnish(terminal, rig, paper)) {
        Ok(ended) => ended.code(),
        Err(WindowError::NoDisplay(why)) => output.failed("no_display", &why),
        Err(error) => output.failed(error.kind(), &Chain(&error).to_string()),
    }
}

fn start_rig(
    data: &Path,
    clock: &TerminalClock,
    config: &Config,
    paper: &LastPaper,
) -> Result<Rig, RigError> {
    Rig::start(RigOptions {
        data: data.to_owned(),
        seed: 1,
        clock: clock.clone(),
        time: TimeSource::System,
        pace: RigPace::Real,
        province: match &config.province {
            Some(elsewhere) => RigProvince::At(elsewhere.clone()),
            None => RigProvince::Here(CatalogueSource::Embedded),
        },
        on_paper: Some(paper.taker()),
        on_document: None,
    })
}

/// One visit; its last line says what came of it.
pub(crate) fn visit(flags: VisitFlags, data: Option<PathBuf>, output: Output) -> ExitCode {
    if flags.lists_faults() {
        for (fault, meaning) in rig::faults() {
            output.line(&format!("{fault:<32} {meaning}"), &json!({"fault": fault, "meaning": meaning}));
        }
        return ExitCode::SUCCESS;
    }
    match flags.options(data) {
        Ok(options) => run_visit(options, output),
        Err(missing) => output.wrong_usage(&missing.to_string()),
    }
}

fn run_visit(options: VisitOptions, output: Output) -> ExitCode {
    match visit::run(options) {
        Ok(summary) => {
            let outcome = json!(summary.outcome);
            let numbers = [&summary.application_number, &summary.case_number];
            let numbers: String = numbers.into_iter().flatten().map(|number| format!("  {number}")).collect();
            let words = format!(
                "{}{numbers}  ({} pages, {} taps)",
                outcome.as_str().unwrap_or_default(),
                summary.pages,
                summary.taps
            );
            output.line(&words, &summary);
            ExitCode::SUCCESS
        }
        Err(error) => output.failed(error.kind(), &Chain(&error).to_string()),
    }
}

/// An item's pages, from a visit with its sample answers.
pub(crate) fn preview(item: String, catalogue: Option<PathBuf>, out: PathBuf, output: Output) -> ExitCode {
    run_visit(VisitOptions { catalogue, ..VisitOptions::of(ItemId(item), out) }, output)
}

/// A picture of every page.
pub(crate) fn gallery(flags: GalleryFlags, output: Output) -> ExitCode {
    match gallery::run(flags.into(), output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output.failed(error.kind(), &Chain(&error).to_string()),
    }
}
