//! One contact at a time over all devices: two screens, or a screen and a pointer, never press two things at once.

use super::InputEvent;

/// Which device's contact counts.
#[derive(Debug, Default)]
pub struct OneContact {
    holder: Option<u64>,
}

impl OneContact {
    /// Whether a device's event counts. What begins while another device's contact is down is nothing, up to its end.
    pub fn lets(&mut self, device: u64, event: InputEvent) -> bool {
        let holds = self.holder == Some(device);
        match event {
            InputEvent::Key(_) => true,
            InputEvent::Down(_) => {
                let free = self.holder.is_none();
                self.holder.get_or_insert(device);
                free
            }
            InputEvent::Moved(_) => holds,
            InputEvent::Up(_) | InputEvent::Cancelled => {
                self.holder.take_if(|holder| *holder == device);
                holds
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::touch_screen::{How, InputKey, Place, Pressed};

    #[test]
    fn the_first_contact_counts_to_its_end() {
        let place = Place { x: 0.5, y: 0.5 };
        let (down, moved, up) = (InputEvent::Down(place), InputEvent::Moved(place), InputEvent::Up(place));
        let key = InputEvent::Key(Pressed { key: InputKey::Tab, how: How::Down });
        let mut one = OneContact::default();
        for (device, event, counts) in [
            (1, moved, false),
            (1, down, true),
            (2, down, false),
            (2, moved, false),
            (2, key, true),
            (1, moved, true),
            (2, InputEvent::Cancelled, false),
            (2, down, false),
            (1, up, true),
            (2, moved, false),
            (2, up, false),
            (2, down, true),
            (1, down, false),
            (2, InputEvent::Cancelled, true),
            (1, up, false),
        ] {
            assert_eq!(one.lets(device, event), counts, "{device} {event:?}");
        }
    }
}
