//! The elements that a person, a screen reader or a test can meet on a page.
//!
//! Duty: read role, words, place and size out of the item tree. Never: act on an element other than by its place.
//! The item tree is an internal interface of the toolkit, so its version is pinned exactly.

use i_slint_core::accessibility::{AccessibleStringProperty, SupportedAccessibilityAction};
use i_slint_core::item_rendering::{HasFont, RenderText};
use i_slint_core::item_tree::ItemRc;
use i_slint_core::items::{
    AccessibleRole, ComplexText, Orientation, SimpleText, StyledTextItem, TextInput, TextWrap,
};
use i_slint_core::lengths::{LogicalPoint, LogicalRect, LogicalSize};
use i_slint_core::window::WindowInner;
use serde::Serialize;

/// One visible element. Lengths are pixels, absolute, from the top left corner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Element {
    /// Unique on the page: the element's name in the source where it has one, and its place in the tree.
    pub id: String,
    /// `button`, `text`, `text_input`, …
    pub role: String,
    /// What a screen reader says.
    pub label: String,
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
    /// The width that the content wants; for a text that may wrap, at most its box when every word fits.
    pub preferred_w: f32,
    /// The height that the content wants at its width.
    pub preferred_h: f32,
    /// Something of it is cut off.
    pub clipped: bool,
    /// The size of its type in pixels; `None` for what is no text.
    #[serde(skip)]
    pub em_px: Option<f32>,
    /// It reacts to a touch.
    pub interactive: bool,
    /// It reacts now.
    pub enabled: bool,
    /// It has the keyboard's focus.
    pub focus: bool,
}

impl Element {
    /// Its middle.
    pub fn centre(&self) -> (f32, f32) {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether they share more than a line of pixels.
    pub fn lies_on(&self, other: &Self) -> bool {
        let across = (self.x + self.w).min(other.x + other.w) - self.x.max(other.x);
        let down = (self.y + self.h).min(other.y + other.h) - self.y.max(other.y);
        across > 1.0 && down > 1.0
    }
}

/// Every visible element of a window, in painting order.
pub fn visible(window: &slint::Window) -> Vec<Element> {
    let inner = WindowInner::from_pub(window);
    let Some(component) = inner.try_component() else { return Vec::new() };
    let root = ItemRc::new_root(component);
    let size = root.geometry().size;
    let mut walk = Walk { focus: inner.focus_item.borrow().upgrade(), elements: Vec::new() };
    walk.visit(&root, LogicalRect::new(LogicalPoint::default(), size), &mut Vec::new());
    walk.elements
}

struct Walk {
    focus: Option<ItemRc>,
    elements: Vec<Element>,
}

impl Walk {
    /// `window` is what of the window is visible here: the window itself, less what the parents clip away.
    fn visit(&mut self, item: &ItemRc, window: LogicalRect, path: &mut Vec<usize>) {
        let geometry = item.geometry();
        let origin = item.map_to_window(geometry.origin);
        let rect = LogicalRect::new(origin, geometry.size);
        if !item.is_visible() && !path.is_empty() {
            return;
        }
        let mut inside = window;
        if item.borrow().as_ref().clips_children() {
            match window.intersection(&rect) {
                Some(part) => inside = part,
                None => return,
            }
        }
        if let Some(element) = self.element(item, rect, inside, path) {
            self.elements.push(element);
        }
        let mut child = item.first_child();
        let mut index = 0;
        while let Some(next) = child {
            path.push(index);
            self.visit(&next, inside, path);
            path.pop();
            index += 1;
            child = next.next_sibling();
        }
    }

    fn element(
        &self,
        item: &ItemRc,
        rect: LogicalRect,
        inside: LogicalRect,
        path: &[usize],
    ) -> Option<Element> {
        let role = item.accessible_role();
        if role == AccessibleRole::None || rect.size.width <= 0.0 || rect.size.height <= 0.0 {
            return None;
        }
        let seen = rect.intersection(&inside)?;
        let label = string(item, AccessibleStringProperty::Label)
            .or_else(|| string(item, AccessibleStringProperty::Value))
            .unwrap_or_default();
        let text = text_metrics(item, rect.size);
        if text.is_some() && label.is_empty() {
            return None;
        }
        let (preferred, cut) = match &text {
            Some(text) => (text.preferred, text.cut),
            None => (rect.size, false),
        };
        // Half a pixel of rounding is no clipping.
        let clipped =
            cut || seen.size.width + 0.5 < rect.size.width || seen.size.height + 0.5 < rect.size.height;
        let interactive =
            item.supported_accessibility_actions().contains(SupportedAccessibilityAction::Default)
                || role == AccessibleRole::TextInput;
        Some(Element {
            id: id(item, path),
            role: role_name(role),
            label,
            x: rect.origin.x,
            y: rect.origin.y,
            w: rect.size.width,
            h: rect.size.height,
            preferred_w: preferred.width,
            preferred_h: preferred.height,
            clipped,
            em_px: text.map(|t| t.em),
            interactive,
            enabled: string(item, AccessibleStringProperty::Enabled).as_deref() != Some("false"),
            focus: self.focus.as_ref().is_some_and(|f| holds(item, f)),
        })
    }
}

struct TextMetrics {
    preferred: LogicalSize,
    em: f32,
    cut: bool,
}

fn text_metrics(item: &ItemRc, size: LogicalSize) -> Option<TextMetrics> {
    let adapter = item.window_adapter()?;
    let (em, wraps) = if let Some(text) = item.downcast::<SimpleText>() {
        (text.as_pin_ref().font_request(item).pixel_size, false)
    } else if let Some(text) = item.downcast::<ComplexText>() {
        (text.as_pin_ref().font_request(item).pixel_size, text.as_pin_ref().wrap() != TextWrap::NoWrap)
    } else if let Some(text) = item.downcast::<StyledTextItem>() {
        (text.as_pin_ref().font_request(item).pixel_size, text.as_pin_ref().wrap() != TextWrap::NoWrap)
    } else if let Some(text) = item.downcast::<TextInput>() {
        (text.as_pin_ref().font_request(item).pixel_size, false)
    } else {
        return None;
    };
    let info = |orientation, across| item.borrow().as_ref().layout_info(orientation, across, &adapter, item);
    let across = info(Orientation::Horizontal, -1.0);
    let down = info(Orientation::Vertical, size.width);
    // A text that wraps wants its box's width as long as its longest word fits into it.
    let width = if wraps { across.preferred.min(size.width).max(across.min) } else { across.preferred };
    let preferred = LogicalSize::new(width, down.preferred);
    let cut = preferred.width > size.width + 0.5 || preferred.height > size.height + 0.5;
    Some(TextMetrics { preferred, em: em.map_or(0.0, i_slint_core::lengths::LogicalLength::get), cut })
}

fn string(item: &ItemRc, what: AccessibleStringProperty) -> Option<String> {
    item.accessible_string_property(what).map(|s| s.to_string()).filter(|s| !s.is_empty())
}

/// Whether `inner` is `item` or below it with no other accessible element between.
fn holds(item: &ItemRc, inner: &ItemRc) -> bool {
    let mut at = inner.clone();
    loop {
        if at == *item {
            return true;
        }
        if at.accessible_role() != AccessibleRole::None {
            return false;
        }
        match at.parent_item(i_slint_core::item_tree::ParentItemTraversalMode::StopAtPopups) {
            Some(parent) => at = parent,
            None => return false,
        }
    }
}

fn id(item: &ItemRc, path: &[usize]) -> String {
    let name = item
        .element_type_names_and_ids(0)
        .and_then(|names| names.into_iter().map(|(_, id)| id.to_string()).find(|id| !id.is_empty()))
        .unwrap_or_else(|| "element".to_owned());
    let path: Vec<String> = path.iter().map(usize::to_string).collect();
    format!("{name}#{}", path.join("."))
}

/// `TextInput` → `text_input`.
fn role_name(role: AccessibleRole) -> String {
    let mut out = String::new();
    for (i, c) in format!("{role:?}").chars().enumerate() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
