//! What a hand does: touches brought to their place in the window, keys under the toolkit's names.

use super::Lie;
use crate::profile::Turned;
use drivers::touch_screen::{How, InputDevices, InputEvent, InputKey, Place, Pressed};
use slint::platform::software_renderer::MinimalSoftwareWindow;
use slint::platform::{Key, PointerEventButton, WindowEvent};
use slint::{LogicalPosition, LogicalSize, SharedString};

/// Touch screens and keypads, and how their touches lie on the picture.
pub(super) struct Hand {
    devices: InputDevices,
    lie: Lie,
}

impl Hand {
    pub(super) fn new(devices: InputDevices, lie: Lie) -> Self {
        Self { devices, lie }
    }

    pub(super) fn devices(&self) -> &InputDevices {
        &self.devices
    }

    /// Hands on what has come.
    pub(super) fn act(&mut self, window: &MinimalSoftwareWindow) {
        let size = window.size().to_logical(window.scale_factor());
        let lie = self.lie;
        self.devices.take(&mut |event| {
            for event in told(event, lie, size) {
                if let Err(error) = window.dispatch_event_with_result(event) {
                    tracing::warn!(%error, "a touch or key was not taken");
                }
            }
        });
    }
}

/// What the window is told of it.
fn told(event: InputEvent, lie: Lie, size: LogicalSize) -> Vec<WindowEvent> {
    let at = |place| placed(place, lie, size);
    let button = PointerEventButton::Left;
    match event {
        InputEvent::Down(place) => vec![WindowEvent::PointerPressed { position: at(place), button }],
        InputEvent::Moved(place) => vec![WindowEvent::PointerMoved { position: at(place) }],
        // No finger hovers: what was touched is not left as if one lay over it.
        InputEvent::Up(place) => {
            vec![WindowEvent::PointerReleased { position: at(place), button }, WindowEvent::PointerExited]
        }
        // Whatever was pressed is let go of without having been touched.
        InputEvent::Cancelled => vec![WindowEvent::PointerExited],
        InputEvent::Key(Pressed { key, how }) => {
            let text = name(key);
            vec![match how {
                How::Down => WindowEvent::KeyPressed { text },
                How::Repeated => WindowEvent::KeyPressRepeated { text },
                How::Up => WindowEvent::KeyReleased { text },
            }]
        }
    }
}

/// Where a place of the panel lies in the window.
fn placed(place: Place, lie: Lie, size: LogicalSize) -> LogicalPosition {
    let (u, v) = (place.x, place.y);
    let turned = match lie.turned {
        Turned::No => (u, v),
        Turned::Right => (v, 1.0 - u),
        Turned::Over => (1.0 - u, 1.0 - v),
        Turned::Left => (1.0 - v, u),
    };
    let (x, y) = lie.touches.apply(turned);
    #[allow(clippy::cast_possible_truncation, reason = "a part of the screen, from 0 to 1")]
    let part = |part: f64| part.clamp(0.0, 1.0) as f32;
    LogicalPosition::new(part(x) * size.width, part(y) * size.height)
}

fn name(key: InputKey) -> SharedString {
    match key {
        InputKey::Tab => Key::Tab.into(),
        InputKey::Backtab => Key::Backtab.into(),
        InputKey::Return => Key::Return.into(),
        InputKey::Escape => Key::Escape.into(),
        InputKey::Backspace => Key::Backspace.into(),
        InputKey::Delete => Key::Delete.into(),
        InputKey::Up => Key::UpArrow.into(),
        InputKey::Down => Key::DownArrow.into(),
        InputKey::Left => Key::LeftArrow.into(),
        InputKey::Right => Key::RightArrow.into(),
        InputKey::Home => Key::Home.into(),
        InputKey::End => Key::End.into(),
        InputKey::PageUp => Key::PageUp.into(),
        InputKey::PageDown => Key::PageDown.into(),
        InputKey::Text(letter) => letter.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::touch::Matrix;

    const SIZE: LogicalSize = LogicalSize { width: 1080.0, height: 1920.0 };

    fn at(turned: Turned, x: f64, y: f64) -> (f32, f32) {
        let lie = Lie { turned, touches: Matrix::IDENTITY };
        let placed = placed(Place { x, y }, lie, SIZE);
        (placed.x.round(), placed.y.round())
    }

    /// The panel's left upper corner, and a place beside it, on the page of an upright kiosk.
    #[test]
    fn touches_lie_where_the_picture_does_however_the_panel_is_mounted() {
        assert_eq!(at(Turned::No, 0.0, 0.25), (0.0, 480.0));
        // The page's head is at the panel's right: its left upper corner at the panel's right upper one.
        assert_eq!(at(Turned::Right, 1.0, 0.25), (270.0, 0.0));
        assert_eq!(at(Turned::Over, 0.0, 0.25), (1080.0, 1440.0));
        assert_eq!(at(Turned::Left, 0.0, 0.25), (810.0, 0.0));
    }

    #[test]
    fn a_calibration_is_heeded_and_nothing_is_touched_beside_the_window() {
        let touches = Matrix::parse("1.25 0 -0.125 0 1 0").expect("a matrix");
        let lie = Lie { turned: Turned::No, touches };
        let place = |x| placed(Place { x, y: 0.5 }, lie, SIZE).x.round();
        assert_eq!([place(0.1), place(0.5), place(0.99)], [0.0, 540.0, 1080.0]);
    }

    #[test]
    fn a_finger_that_is_gone_hovers_over_nothing() {
        let place = Place { x: 0.5, y: 0.5 };
        let position = LogicalPosition::new(540.0, 960.0);
        let button = PointerEventButton::Left;
        let told = |event| told(event, Lie::PLAIN, SIZE);
        assert_eq!(told(InputEvent::Down(place)), [WindowEvent::PointerPressed { position, button }]);
        let up = [WindowEvent::PointerReleased { position, button }, WindowEvent::PointerExited];
        assert_eq!(told(InputEvent::Up(place)), up);
        assert_eq!(told(InputEvent::Cancelled), [WindowEvent::PointerExited]);
    }
}
