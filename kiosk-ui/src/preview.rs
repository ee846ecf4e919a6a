//! What the camera sees, on the page that looks.
//!
//! Duty: bring the newest preview to the screen. Never: keep one; a page that does not look shows none.

use crate::device::camera::{Preview, PreviewSlot};
use crate::screens::{FaceAdapter, FormAdapter, IdentifyQrAdapter, TechnicianAdapter};
use crate::terminal::Terminal;
use domain::session::effect::CameraUse;
use domain::session::page::Page;
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

/// Shows the newest preview, if there is one that was not shown; whether there was.
pub fn show(terminal: &Terminal, slot: &PreviewSlot) -> bool {
    let Some(preview) = slot.take() else { return false };
    let looks = terminal.shell().session().camera_use();
    let window = terminal.window();
    match looks {
        CameraUse::Face => window.global::<FaceAdapter<'_>>().set_preview(picture(&preview)),
        CameraUse::Code => window.global::<IdentifyQrAdapter<'_>>().set_preview(picture(&preview)),
        CameraUse::Photo if terminal.shell().session().page() == Page::Technician => {
            window.global::<TechnicianAdapter<'_>>().set_preview(picture(&preview));
        }
        CameraUse::Photo => window.global::<FormAdapter<'_>>().set_preview(picture(&preview)),
        // The page was left while the frame was on its way.
        CameraUse::Off => return false,
    }
    true
}

/// Takes what the camera saw off every page.
pub(crate) fn blank(terminal: &Terminal) {
    let window = terminal.window();
    window.global::<FaceAdapter<'_>>().set_preview(Image::default());
    window.global::<IdentifyQrAdapter<'_>>().set_preview(Image::default());
    window.global::<FormAdapter<'_>>().set_preview(Image::default());
    window.global::<TechnicianAdapter<'_>>().set_preview(Image::default());
}

fn picture(preview: &Preview) -> Image {
    let buffer =
        SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(&preview.rgb, preview.width, preview.height);
    Image::from_rgb8(buffer)
}
