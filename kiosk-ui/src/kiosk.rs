//! The screen of a kiosk: the whole display, the devices of the configuration.

use kiosk_ui::chain::Chain;
use kiosk_ui::cli::Cli;
use kiosk_ui::clock::TerminalClock;
use kiosk_ui::config::Config;
use kiosk_ui::device::camera;
use kiosk_ui::journal::Journal;
use kiosk_ui::kms::Lie;
use kiosk_ui::output::Output;
use kiosk_ui::province::{News, Randomness};
use kiosk_ui::start::Parts;
use kiosk_ui::touch::Matrix;
use kiosk_ui::window::{Display, Furniture, WindowError};
use std::process::ExitCode;

pub(crate) fn screen(cli: &Cli, config: Config, output: Output) -> ExitCode {
    let (data, screen) = (cli.data(&config), cli.screen(&config));
    let (Some(site), Some(province)) = (config.site, config.province) else {
        return output.wrong_usage("a terminal needs a --config with [site] and [province]");
    };
    let journal = match Journal::in_folder(&data) {
        Ok(journal) => journal,
        Err(error) => {
            tracing::error!(%error, "the journal cannot be written");
            Journal::none()
        }
    };
    let camera = config.devices.camera.clone().map(camera::by_port);
    let lie = Lie { turned: screen.turned, touches: Matrix::kept(&data).unwrap_or(Matrix::IDENTITY) };
    let parts = Parts {
        site,
        data,
        clock: TerminalClock::machine(config.offset),
        devices: config.devices,
        camera,
        province,
        randomness: Randomness::Machine,
        news: News::Every(config.news_every),
        journal,
        fleet: config.fleet,
    };
    let shown = Display::find(lie).and_then(|display| display.show(parts, screen, |_| Furniture::none()));
    match shown {
        Ok(ended) => ended.code(),
        Err(error @ WindowError::NoDisplay(_)) => output.failed(error.kind(), &error.to_string()),
        Err(error) => output.failed(error.kind(), &Chain(&error).to_string()),
    }
}
