//! A window in memory with a clock that only we move.

use crate::elements::{self, Element};
use image::RgbImage;
use shipped::AssetError;
use slint::platform::software_renderer::{MinimalSoftwareWindow, PremultipliedRgbaColor, RepaintBufferType};
use slint::platform::{Key, Platform, PointerEventButton, WindowAdapter, WindowEvent};
use slint::{LogicalPosition, PhysicalSize, PlatformError};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// Longer than every animation and debounce of the pages, so that a page is at rest after it.
const SETTLE: Duration = Duration::from_millis(1_000);

/// A window in memory. One for a thread: the user-interface toolkit has one platform a thread.
pub struct Stage {
    window: Rc<MinimalSoftwareWindow>,
    clock: Rc<Cell<Duration>>,
    size: Cell<PhysicalSize>,
    glass: RefCell<Vec<PremultipliedRgbaColor>>,
    /// The glass is new: all of it has to be painted.
    blank: Cell<bool>,
}

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// One for a thread.
    #[error("this thread already has a window platform")]
    Taken(#[source] slint::platform::SetPlatformError),
    /// There is nothing to write with.
    #[error(transparent)]
    Typeface(#[from] AssetError),
}

struct InMemory {
    window: Rc<MinimalSoftwareWindow>,
    clock: Rc<Cell<Duration>>,
}

impl Platform for InMemory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(Rc::clone(&self.window) as Rc<dyn WindowAdapter>)
    }

    fn duration_since_start(&self) -> Duration {
        self.clock.get()
    }
}

impl Stage {
    /// Opens a stage of so many pixels on this thread; the component is made after it.
    ///
    /// # Errors
    /// The thread has a platform already; there is no typeface.
    pub fn open(width: u32, height: u32) -> Result<Self, StageError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        let clock = Rc::new(Cell::new(Duration::ZERO));
        let platform = InMemory { window: Rc::clone(&window), clock: Rc::clone(&clock) };
        slint::platform::set_platform(Box::new(platform)).map_err(StageError::Taken)?;
        crate::fonts::install()?;
        let stage =
            Self { window, clock, size: Cell::default(), glass: RefCell::default(), blank: Cell::new(true) };
        stage.resize(width, height);
        Ok(stage)
    }

    /// Makes the window another size.
    pub fn resize(&self, width: u32, height: u32) {
        let size = PhysicalSize::new(width, height);
        self.size.set(size);
        *self.glass.borrow_mut() = vec![PremultipliedRgbaColor::default(); width as usize * height as usize];
        self.blank.set(true);
        self.window.set_size(size);
        self.window.request_redraw();
    }

    /// Moves the window's clock and runs what became due.
    pub fn advance(&self, by: Duration) {
        self.clock.set(self.clock.get() + by);
        slint::platform::update_timers_and_animations();
    }

    /// Lets every animation come to its end.
    pub fn settle(&self) {
        // In steps, since the end of one animation can begin another.
        for _ in 0..4 {
            self.advance(SETTLE / 4);
        }
    }

    /// Paints what has changed; the size in pixels of the box around it, where anything has.
    pub fn paint(&self) -> Option<PhysicalSize> {
        let mut glass = self.glass.borrow_mut();
        let mut painted = None;
        self.window.draw_if_needed(|renderer| {
            renderer.set_repaint_buffer_type(match self.blank.replace(false) {
                true => RepaintBufferType::NewBuffer,
                false => RepaintBufferType::ReusedBuffer,
            });
            let region = renderer.render(&mut glass, self.size.get().width as usize);
            painted = Some(region.bounding_box_size());
        });
        painted
    }

    /// The picture of the whole window.
    pub fn picture(&self) -> RgbImage {
        self.paint();
        let PhysicalSize { width, height, .. } = self.size.get();
        let bytes = self.glass.borrow().iter().flat_map(|p| [p.red, p.green, p.blue]).collect();
        RgbImage::from_raw(width, height, bytes).unwrap_or_else(|| RgbImage::new(width, height))
    }

    /// Every visible element, in painting order. What was not painted cannot be seen: it is painted first.
    pub fn elements(&self) -> Vec<Element> {
        self.paint();
        elements::visible(self.window.window())
    }

    /// Touches the control that says this; whether there is one that can be touched.
    pub fn touch(&self, label: &str) -> bool {
        let elements = self.elements();
        let found = elements.iter().find(|e| e.interactive && e.enabled && e.label == label);
        if let Some(element) = found {
            let (x, y) = element.centre();
            self.tap(x, y);
        }
        found.is_some()
    }

    /// Presses and releases at a point, as a finger would; lets debounce and animations pass.
    pub fn tap(&self, x: f32, y: f32) {
        self.press(x, y);
        self.advance(Duration::from_millis(80));
        self.release(x, y);
        self.settle();
    }

    /// A finger comes down on a point.
    pub fn press(&self, x: f32, y: f32) {
        let position = LogicalPosition::new(x, y);
        self.send(WindowEvent::PointerMoved { position });
        self.send(WindowEvent::PointerPressed { position, button: PointerEventButton::Left });
    }

    /// The finger leaves the point.
    pub fn release(&self, x: f32, y: f32) {
        let position = LogicalPosition::new(x, y);
        self.send(WindowEvent::PointerReleased { position, button: PointerEventButton::Left });
        self.send(WindowEvent::PointerExited);
    }

    /// Draws a line with a finger through points.
    pub fn draw(&self, points: &[(f32, f32)]) {
        let button = PointerEventButton::Left;
        let mut last = None;
        for (x, y) in points {
            let position = LogicalPosition::new(*x, *y);
            self.send(WindowEvent::PointerMoved { position });
            if last.is_none() {
                self.send(WindowEvent::PointerPressed { position, button });
            }
            self.advance(Duration::from_millis(10));
            last = Some(position);
        }
        if let Some(position) = last {
            self.send(WindowEvent::PointerReleased { position, button });
            self.send(WindowEvent::PointerExited);
            self.settle();
        }
    }

    /// Presses and releases a key.
    pub fn key(&self, key: Key) {
        self.text_key(&slint::SharedString::from(key));
    }

    /// Types one character, as a keyboard or an input method would.
    pub fn type_character(&self, character: char) {
        self.text_key(&slint::SharedString::from(character));
    }

    fn text_key(&self, text: &slint::SharedString) {
        self.send(WindowEvent::KeyPressed { text: text.clone() });
        self.send(WindowEvent::KeyReleased { text: text.clone() });
        self.advance(Duration::from_millis(50));
    }

    fn send(&self, event: WindowEvent) {
        // The only error is a window that was closed; a stage's window lives as long as the stage.
        let _closed = self.window.window().dispatch_event_with_result(event);
    }
}
