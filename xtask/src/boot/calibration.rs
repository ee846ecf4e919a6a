//! A panel that is mounted sideways, and a glass whose touches lie elsewhere: a technician calibrates it, and a resident visits.
//!
//! Duty: touch what a technician touches, and the visit after it by the same hand. Never: write the matrix.

use super::machine::{Attached, Machine};
use super::panel::{Glass, Mounted, Panel};
use super::provision::Delivery;
use super::technician::{CALIBRATION, Pages};
use super::visit::BETWEEN;
use super::{Bench, BootError, Folders, START};
use crate::say;
use std::time::Instant;

/// Where the crosses stand (docs/technicians.md), in parts of the page.
const CROSSES: [(f64, f64); 5] = [(0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.1, 0.9), (0.9, 0.9)];
/// What the terminal keeps of it.
const KEPT: &str = "/var/lib/yilin/terminal/touch-calibration";
/// A touch may lie so far beside what was meant, in parts of the page: the tablet's and the page's whole numbers.
const STRAY: f64 = 0.003;

/// Sees it.
pub(super) fn run(folders: &Folders) -> Result<(), BootError> {
    let pages = Pages::draw(folders)?;
    let panel = Panel { mounted: Mounted::Left, glass: Glass::True };
    let mut bench = Bench::start(folders, Attached { panel, ..Attached::default() }, Delivery::Stream)?;
    bench.enrol()?;
    let out = folders.out.join("calibration");
    let machine = &mut bench.machine;
    pages.sign_in(machine, (CALIBRATION, "校准"), &out)?;
    pages.stands(machine, CALIBRATION, &out.join("2-calibration.png"))?;
    pages.touch(machine, CALIBRATION, "触摸校准")?;
    // The glass is another one now.
    machine.panel.glass = Glass::Beside;
    let (width, height) = (f64::from(super::panel::WIDTH), f64::from(super::panel::HEIGHT));
    for (number, (x, y)) in CROSSES.into_iter().enumerate() {
        machine.keep(&out.join(format!("3-cross-{}.png", number + 1)))?;
        machine.draw(&[(x * width, y * height)])?;
        std::thread::sleep(BETWEEN);
    }
    machine.keep(&out.join("4-done.png"))?;
    let matrix = kept(machine)?;
    for (x, y) in CROSSES {
        let (u, v) = machine.panel.told((x * width, y * height));
        // The terminal turns what the glass says, and then brings it to its place.
        let (u, v) = (v, 1.0 - u);
        let [a, b, c, d, e, f] = matrix;
        let apart = (a * u + b * v + c - x).abs().max((d * u + e * v + f - y).abs());
        if apart > STRAY {
            return Err(BootError::Said(
                format!("matrix that brings touches to {x} {y}"),
                format!("{matrix:?}"),
            ));
        }
    }
    say(&format!("calibrated: {matrix:?}"));
    again(machine)?;
    bench.visit(folders)?;
    bench.machine.shut_down(START)
}

/// The matrix, as soon as it is kept.
fn kept(machine: &mut Machine) -> Result<[f64; 6], BootError> {
    let told = machine.run(&format!("until [ -e {KEPT} ]; do sleep 0.5; done; cat {KEPT}"), START)?;
    let told = told.well("the calibration")?;
    let numbers: Vec<f64> = told.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    numbers.try_into().map_err(|_| BootError::Said("six numbers".to_owned(), told))
}

/// Waits until the program was started anew and shows its page.
fn again(machine: &mut Machine) -> Result<(), BootError> {
    let restarts = "until [ \"$(systemctl show --value --property=NRestarts yilin-terminal)\" -ge 1 ] && \
                    systemctl --quiet is-active yilin-terminal; do sleep 0.5; done";
    let begun = Instant::now();
    machine.run(restarts, START)?.well("the program's new start")?;
    machine.painted(START)?;
    say(&format!("{:5.0} s  started anew by itself", begun.elapsed().as_secs_f64()));
    Ok(())
}
