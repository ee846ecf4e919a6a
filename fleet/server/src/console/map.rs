//! The map of coverage: communities as dots where they lie, the places of the table as areas with their names.
//!
//! Duty: stretch what is looked at to the map, and keep names from lying on each other, on circles, on more dots than they must,
//! or over the edge. Never: show where a terminal is nearer than its community.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The map's width and height.
const SIDE: f64 = 640.0;
/// What is free at each edge.
const MARGIN: f64 = 40.0;
/// The height of a name's line.
const LINE: f64 = 22.0;
/// Neighbouring areas have one of so many tints.
const TINTS: usize = 4;

/// Where something lies on the map: from the left, from the top.
type Point = (f64, f64);

/// How a community stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has no terminal.
    None,
    /// It has one, which does not serve now.
    Installed,
    /// One serves now.
    InService,
    /// And it met its service level.
    Met,
}

/// A community on the map.
pub(super) struct Spot<'p> {
    /// From the left, 0 to 1.
    pub(super) x: f64,
    /// From the top, 0 to 1.
    pub(super) y: f64,
    /// How it stands.
    pub(super) standing: Standing,
    /// The place of the table that it belongs to.
    pub(super) code: &'p str,
    /// That place's name.
    pub(super) name: &'p str,
    /// Where that place's page is.
    pub(super) address: &'p str,
}

/// A place: the ground under its communities, and its name.
pub(super) struct Area {
    /// Which tint.
    pub(super) tint: usize,
    /// Which place.
    pub(super) code: String,
    /// The middle of its communities, or where its circle found room.
    pub(super) middle: (i64, i64),
    /// Its communities, as a path of points.
    pub(super) points: String,
    /// Where its page is.
    pub(super) address: String,
    /// Its name.
    pub(super) name: String,
    /// Whether the name found room; it is in the table, and where one points at the place.
    pub(super) named: bool,
    /// The middle of the name.
    pub(super) x: i64,
    /// The foot of the name.
    pub(super) y: i64,
    /// A line from the middle to a name that found no place beside it; empty where none is needed.
    pub(super) leader: String,
}

/// The map, as paths.
#[derive(Default)]
pub(super) struct Map {
    /// The places, ground first.
    pub(super) areas: Vec<Area>,
    /// Communities without a terminal.
    pub(super) none: String,
    /// Communities with one that does not serve.
    pub(super) installed: String,
    /// Communities with one that serves.
    pub(super) in_service: String,
    /// Communities that met their level.
    pub(super) met: String,
}

impl Map {
    /// The map of these communities; none where none has a place. `radius` is that of the circle that is drawn in the middle of a
    /// place of that code, 0 for none.
    pub(super) fn of(spots: &[Spot<'_>], radius: impl Fn(&str) -> f64) -> Option<Self> {
        let first = spots.first()?;
        let start = (first.x, first.y, first.x, first.y);
        let (left, top, right, bottom) = spots.iter().fold(start, |(left, top, right, bottom), spot| {
            (left.min(spot.x), top.min(spot.y), right.max(spot.x), bottom.max(spot.y))
        });
        let size = (right - left).max(bottom - top).max(0.01);
        let scale = |v: f64, from: f64, used: f64| {
            MARGIN + (v - from + (size - used) / 2.0) / size * (SIDE - 2.0 * MARGIN)
        };
        let mut map = Self::default();
        let mut places: BTreeMap<&str, (&Spot<'_>, Vec<Point>)> = BTreeMap::new();
        for spot in spots {
            let (x, y) = (scale(spot.x, left, right - left), scale(spot.y, top, bottom - top));
            let path = match spot.standing {
                Standing::None => &mut map.none,
                Standing::Installed => &mut map.installed,
                Standing::InService => &mut map.in_service,
                Standing::Met => &mut map.met,
            };
            let _ = match spot.standing {
                Standing::InService => write!(path, "{}", triangle(x, y)),
                _ => write!(path, "M{x:.0} {y:.0}h0"),
            };
            places.entry(spot.code).or_insert_with(|| (spot, Vec::new())).1.push((x, y));
        }
        let circles = places.iter().map(|(code, (_, points))| (middle(points), radius(code)));
        let mut circles: Vec<(Point, f64)> = circles.collect();
        apart(&mut circles);
        let drawn = || circles.iter().filter(|(_, radius)| *radius > 0.0);
        let mut names = Names {
            taken: drawn().map(|(middle, radius)| Rectangle::around(*middle, *radius)).collect(),
            // Where circles are drawn, dots are not.
            dots: if drawn().next().is_none() {
                places.values().flat_map(|(_, points)| points).copied().collect()
            } else {
                Vec::new()
            },
        };
        for (at, ((spot, points), (circle, radius))) in places.into_values().zip(circles.clone()).enumerate()
        {
            let place = names.place(spot.name, circle, radius);
            let (x, y) = place.unwrap_or(circle);
            let mut leader = place.map_or_else(String::new, |_| leader(circle, radius, (x, y - LINE / 3.0)));
            let from = middle(&points);
            if (circle.0 - from.0).hypot(circle.1 - from.1) > radius {
                // The circle lies over this line's end.
                let _ = write!(leader, "M{:.0} {:.0}L{:.0} {:.0}", from.0, from.1, circle.0, circle.1);
            }
            let mut path = String::new();
            for (x, y) in &points {
                let _ = write!(path, "M{x:.0} {y:.0}h0");
            }
            map.areas.push(Area {
                tint: at % TINTS,
                code: spot.code.to_owned(),
                middle: (whole(circle.0), whole(circle.1)),
                points: path,
                address: spot.address.to_owned(),
                name: spot.name.to_owned(),
                named: place.is_some(),
                x: whole(x),
                y: whole(y),
                leader,
            });
        }
        Some(map)
    }
}

/// A triangle around a point: what serves is told from what met its level by its shape as well.
fn triangle(x: f64, y: f64) -> String {
    format!("M{x:.0} {:.0}l6 10h-12z", y - 6.0)
}

/// The mean of the points.
fn middle(points: &[Point]) -> Point {
    let count = points.len().max(1) as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    (x / count, y / count)
}

#[allow(clippy::cast_possible_truncation, reason = "a place on the map lies between 0 and its side")]
fn whole(v: f64) -> i64 {
    v.round() as i64
}

/// What is free between two circles.
const GAP: f64 = 3.0;
/// Circles that crowd have come apart after so many rounds, or there is no room for them.
const ROUNDS: usize = 500;

/// Moves circles that lie on each other apart, each as far as the other; the same ones always the same way.
fn apart(circles: &mut [(Point, f64)]) {
    let on_the_map = |v: f64, radius: f64| v.clamp(radius + 4.0, SIDE - radius - 4.0);
    for _ in 0..ROUNDS {
        let mut moved = false;
        for b in 1..circles.len() {
            let (before, rest) = circles.split_at_mut(b);
            let (other, other_radius) = &mut rest[0];
            for (one, radius) in before.iter_mut().filter(|(_, radius)| *radius > 0.0 && *other_radius > 0.0)
            {
                let (dx, dy) = (other.0 - one.0, other.1 - one.1);
                let (far, room) = (dx.hypot(dy), *radius + *other_radius + GAP);
                if far >= room {
                    continue;
                }
                // Two of one place move to the left and to the right.
                let (x, y) = if far < 0.01 { (1.0, 0.0) } else { (dx / far, dy / far) };
                let by = (room - far) / 2.0 + 0.1;
                *one = (on_the_map(one.0 - x * by, *radius), on_the_map(one.1 - y * by, *radius));
                *other = (
                    on_the_map(other.0 + x * by, *other_radius),
                    on_the_map(other.1 + y * by, *other_radius),
                );
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

/// How far a name may be from its middle to be understood without a line.
const NEAR: f64 = 34.0;

/// A line from the edge of a circle to a name whose middle is there.
fn leader(middle: Point, radius: f64, name: Point) -> String {
    let (dx, dy) = (name.0 - middle.0, name.1 - middle.1);
    let far = dx.hypot(dy);
    // A name is wide: beside its circle it is near.
    if dy.abs() <= radius + NEAR && dx.abs() <= radius + 3.0 * NEAR || far <= 1.0 {
        return String::new();
    }
    let from = (middle.0 + dx / far * radius, middle.1 + dy / far * radius);
    format!("M{:.0} {:.0}L{:.0} {:.0}", from.0, from.1, name.0, name.1)
}

#[derive(Debug, Clone, Copy)]
struct Rectangle {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Rectangle {
    fn around((x, y): Point, radius: f64) -> Self {
        Self { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
    }

    fn of_name(width: f64, (x, y): Point) -> Self {
        Self { left: x - width / 2.0, top: y - LINE + 4.0, right: x + width / 2.0, bottom: y + 4.0 }
    }

    fn lies_on(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn holds(&self, (x, y): Point) -> bool {
        self.left <= x && x <= self.right && self.top <= y && y <= self.bottom
    }

    fn is_on_the_map(&self) -> bool {
        self.left >= 4.0 && self.right <= SIDE - 4.0 && self.top >= 4.0 && self.bottom <= SIDE - 4.0
    }
}

/// What names may not lie on, and what they should not.
struct Names {
    taken: Vec<Rectangle>,
    dots: Vec<Point>,
}

impl Names {
    /// The foot of a name near `middle`, above a circle of that radius where it can: free of other names and circles, on few dots.
    /// None where all is taken.
    fn place(&mut self, name: &str, middle: Point, radius: f64) -> Option<Point> {
        let width = name.chars().map(|c| if c.is_ascii() { 12.5 } else { 20.0 }).sum::<f64>();
        let wished = (middle.0, middle.1 - radius.max(9.0) - 6.0);
        let mut best: Option<(f64, Point)> = None;
        // Circles are few and need all the room beside them; among dots a name far away says less than one on some of them.
        let (rows, columns) = if self.dots.is_empty() { (24, 16) } else { (12, 8) };
        for row in -rows..=rows {
            for column in -columns..=columns {
                let by = (f64::from(column) * width / 8.0, f64::from(row) * LINE / 2.0);
                let at = (wished.0 + by.0, wished.1 + by.1);
                let place = Rectangle::of_name(width, at);
                let (far, better) = (by.0.hypot(by.1), |cost| best.is_none_or(|(least, _)| cost < least));
                if !better(far)
                    || !place.is_on_the_map()
                    || self.taken.iter().any(|taken| place.lies_on(taken))
                {
                    continue;
                }
                let cost = far + 10.0 * self.dots_under(&place);
                if better(cost) {
                    best = Some((cost, at));
                }
            }
        }
        let (_, at) = best?;
        self.taken.push(Rectangle::of_name(width, at));
        Some(at)
    }

    fn dots_under(&self, name: &Rectangle) -> f64 {
        self.dots.iter().filter(|dot| name.holds(**dot)).count() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_lies_on_another_or_over_the_edge() {
        let names: Vec<String> = (0..12).map(|n| format!("第{n}街道办事处")).collect();
        let spots: Vec<Spot<'_>> = (0..)
            .zip(&names)
            .map(|(n, name)| Spot {
                x: f64::from(n % 3) / 2.0,
                y: 0.5 + f64::from(n) / 1000.0,
                standing: Standing::Met,
                code: name,
                name,
                address: "/",
            })
            .collect();
        let areas = Map::of(&spots, |_| 0.0).map(|map| map.areas).unwrap_or_default();
        assert_eq!(areas.len(), names.len());
        for (at, area) in areas.iter().enumerate() {
            let half = 20 * i64::try_from(area.name.chars().count()).unwrap_or(0) / 2;
            assert!(area.named, "{} finds no room", area.name);
            assert!(area.x - half >= -40 && area.x + half <= 680, "{} at {}", area.name, area.x);
            for other in &areas[at + 1..] {
                let apart = (area.y - other.y).abs() >= 21 || (area.x - other.x).abs() >= 100;
                assert!(apart, "{} lies on {}", area.name, other.name);
            }
        }
    }

    #[test]
    fn where_names_crowd_some_are_left_out_and_none_lies_on_another() {
        let names: Vec<String> = (0..60).map(|n| format!("Liuting Number {n} Community")).collect();
        let spots: Vec<Spot<'_>> = (0..)
            .zip(&names)
            .map(|(n, name)| Spot {
                x: 0.5 + f64::from(n % 8) / 1000.0,
                y: 0.5 + f64::from(n / 8) / 1000.0,
                standing: Standing::InService,
                code: name,
                name,
                address: "/",
            })
            .chain([Spot {
                x: 0.0,
                y: 0.0,
                standing: Standing::None,
                code: "far",
                name: "Far",
                address: "/",
            }])
            .collect();
        let areas = Map::of(&spots, |_| 0.0).map(|map| map.areas).unwrap_or_default();
        let named: Vec<Rectangle> = areas
            .iter()
            .filter(|area| area.named)
            // As wide as letters are drawn at least.
            .map(|area| {
                Rectangle::of_name(11.0 * area.name.len() as f64, (area.x as f64, area.y as f64 - 0.5))
            })
            .collect();
        assert!((2..areas.len()).contains(&named.len()), "{} of {} are named", named.len(), areas.len());
        for (at, name) in named.iter().enumerate() {
            let smaller = Rectangle { top: name.top + 1.0, bottom: name.bottom - 1.0, ..*name };
            assert!(named[at + 1..].iter().all(|other| !smaller.lies_on(other)), "{name:?} lies on another");
        }
    }

    #[test]
    fn no_name_lies_on_a_circle_though_they_crowd() {
        // As the districts of a town lie around its middle.
        let places = [
            (0.50, 0.30),
            (0.56, 0.32),
            (0.52, 0.37),
            (0.50, 0.41),
            (0.51, 0.47),
            (0.55, 0.50),
            (0.1, 0.1),
            (0.9, 0.9),
        ];
        // Characters of one width, twenty units as the page draws them.
        let names: Vec<String> = "甲乙丙丁戊己庚辛".chars().map(|c| format!("第{c}开发区")).collect();
        let spots: Vec<Spot<'_>> = places
            .iter()
            .zip(&names)
            .map(|((x, y), name)| Spot {
                x: *x,
                y: *y,
                standing: Standing::None,
                code: name,
                name,
                address: "",
            })
            .collect();
        let areas = Map::of(&spots, |_| 23.0).map(|map| map.areas).unwrap_or_default();
        for area in &areas {
            let width = 20.0 * area.name.chars().count() as f64;
            let name = Rectangle::of_name(width, (area.x as f64, area.y as f64));
            for other in &areas {
                let circle = Rectangle::around((other.middle.0 as f64, other.middle.1 as f64), 22.0);
                assert!(!name.lies_on(&circle), "{} lies on the circle of {}", area.name, other.name);
            }
        }
        for (at, area) in areas.iter().enumerate() {
            for other in &areas[at + 1..] {
                let (dx, dy) = (area.middle.0 - other.middle.0, area.middle.1 - other.middle.1);
                let apart = (dx as f64).hypot(dy as f64);
                assert!(apart > 46.0, "the circles of {} and {} lie on each other", area.name, other.name);
            }
        }
        let far = areas.iter().filter(|area| !area.leader.is_empty()).count();
        assert!((1..=6).contains(&far), "{far} names or circles have a line to where they belong");
    }
}
