//! Who may know whom, crate by crate.

use super::Breach;
use crate::workspace::{Metadata, Package};

/// Each crate of ours and the crates of ours that it may know, in its tests too.
const KNOWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("sample-city", &["domain"]),
    ("shipped", &[]),
    ("drivers", &["domain", "shipped"]),
    ("platform-client", &["domain", "sample-city"]),
    ("kiosk-ui", &["domain", "drivers", "platform-client", "fleet-api", "kiosk-screens", "shipped"]),
    ("kiosk-screens", &["domain"]),
    ("fleet-api", &["domain"]),
    ("fleet-agent", &["fleet-api"]),
    ("fleet-server", &["fleet-api"]),
    ("fleet-demo", &["domain", "fleet-agent", "fleet-api", "fleet-server", "sample-city"]),
    (
        "terminal-tests",
        &[
            "domain",
            "drivers",
            "platform-client",
            "kiosk-ui",
            "sample-city",
            "fleet-api",
            "fleet-agent",
            "fleet-server",
            "fleet-demo",
        ],
    ),
    ("xtask", &[]),
    (NO_SYSTEM_FONTS, &[]),
];

/// The stand-in for the bindings to fontconfig: docs/decisions/fonts.md.
const NO_SYSTEM_FONTS: &str = "yeslogic-fontconfig-sys";

/// What only a simulator may need, so that a kiosk's build is without it.
const OPTIONAL: &[(&str, &str)] = &[("platform-client", "sample-city"), ("platform-client", "axum")];

/// An edge of the product, the crates that reach it, and who owns it.
const EDGES: &[(&str, &[&str], &[&str])] = &[
    (
        "the screen",
        &["slint", "slint-build", "i-slint-core", "i-slint-backend-testing", "winit", "softbuffer", "drm"],
        &["kiosk-ui", "kiosk-screens"],
    ),
    (
        "devices",
        &["serialport", "pcsc", "v4l", "v4l2r", "nusb", "rusb", "ipp", "evdev", "gpio-cdev"],
        &["drivers"],
    ),
    ("SQL", &["rusqlite", "sqlx", "libsqlite3-sys"], &["platform-client", "fleet-agent", "fleet-server"]),
    ("HTTP to others", &["reqwest", "hyper", "ureq"], &["platform-client", "fleet-agent", "fleet-server"]),
    ("serving HTTP", &["axum"], &["platform-client", "fleet-agent", "fleet-server"]),
];

/// What reads, waits, guesses or asks the time: nothing of it is linked into the domain.
const NOT_IN_DOMAIN: &[&str] = &[
    "async-std",
    "axum",
    "chrono",
    "crossbeam-channel",
    "futures-executor",
    "getrandom",
    "hyper",
    "log",
    "mio",
    "nix",
    "parking_lot",
    "rand",
    "rayon",
    "reqwest",
    "ring",
    "rusqlite",
    "rustix",
    "rustls",
    "serialport",
    "smol",
    "socket2",
    "sqlx",
    "tempfile",
    "tokio",
    "tracing",
    "ureq",
];

/// Every crate that knows what it may not know.
pub(super) fn breaches(metadata: &Metadata) -> Vec<Breach> {
    let mut found = Vec::new();
    let ours: Vec<&str> = metadata.members().map(|package| package.name.as_str()).collect();
    for package in metadata.members() {
        match KNOWS.iter().find(|(name, _)| *name == package.name) {
            None => found.push(Breach::new(&package.name, "is not in the table of who may know whom")),
            Some((_, known)) => found.extend(unknown(package, known, &ours)),
        }
        found.extend(edges(package));
        found.extend(not_optional(package));
    }
    if let Some(domain) = metadata.members().find(|package| package.name == "domain") {
        let linked = metadata.linked_by(domain);
        let wrong = NOT_IN_DOMAIN.iter().filter(|name| linked.contains(**name));
        found.extend(wrong.map(|name| {
            Breach::new("domain", format!("links {name}: the domain has no IO, no async, no clock"))
        }));
    }
    for package in metadata.packages.iter().filter(|p| p.name == NO_SYSTEM_FONTS && p.source.is_some()) {
        found.push(Breach::new(&package.name, "comes from a registry: the machine's fonts would come in"));
    }
    found
}

fn unknown<'a>(
    package: &'a Package,
    known: &'a [&str],
    ours: &'a [&str],
) -> impl Iterator<Item = Breach> + 'a {
    package
        .dependencies
        .iter()
        .map(|dependency| dependency.name.as_str())
        // A crate that knows itself turns a feature on for its own tests.
        .filter(|name| *name != package.name && ours.contains(name) && !known.contains(name))
        .map(|name| Breach::new(&package.name, format!("may not know {name}")))
}

fn edges(package: &Package) -> Vec<Breach> {
    let mut found = Vec::new();
    for (edge, crates, owners) in EDGES {
        if owners.contains(&package.name.as_str()) {
            continue;
        }
        for dependency in package.dependencies.iter().filter(|d| crates.contains(&d.name.as_str())) {
            let owners = owners.join(", ");
            found.push(Breach::new(
                &package.name,
                format!("uses {}, but {edge} is only for {owners}", dependency.name),
            ));
        }
    }
    found
}

fn not_optional(package: &Package) -> impl Iterator<Item = Breach> {
    package
        .dependencies
        .iter()
        .filter(|d| d.kind.is_none() && !d.optional)
        .filter(|d| OPTIONAL.contains(&(package.name.as_str(), d.name.as_str())))
        .map(|d| Breach::new(&package.name, format!("needs {} always: it is for the feature `sim`", d.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{Dependency, DependencyKind, Node, NodeDependency, Resolve};

    /// Members `name → dependencies`; a dependency with `?` is optional, with `~` for tests only.
    fn metadata(members: &[(&str, &[&str])], foreign: &[(&str, Option<&str>)]) -> Metadata {
        let id = |name: &str| format!("{name} 1.0.0");
        let dependency = |text: &&str| Dependency {
            name: text.trim_end_matches(['?', '~']).to_owned(),
            kind: text.ends_with('~').then(|| "dev".to_owned()),
            optional: text.ends_with('?'),
        };
        let ours = members.iter().map(|(name, dependencies)| Package {
            name: (*name).to_owned(),
            id: id(name),
            source: None,
            dependencies: dependencies.iter().map(dependency).collect(),
            targets: Vec::new(),
        });
        let others = foreign.iter().map(|(name, source)| Package {
            name: (*name).to_owned(),
            id: id(name),
            source: source.map(str::to_owned),
            dependencies: Vec::new(),
            targets: Vec::new(),
        });
        let nodes = members.iter().map(|(name, dependencies)| Node {
            id: id(name),
            deps: dependencies
                .iter()
                .map(dependency)
                .map(|d| NodeDependency {
                    pkg: id(&d.name),
                    dep_kinds: vec![DependencyKind { kind: d.kind }],
                })
                .collect(),
        });
        Metadata {
            packages: ours.chain(others).collect(),
            workspace_members: members.iter().map(|(name, _)| id(name)).collect(),
            resolve: Resolve { nodes: nodes.collect() },
            target_directory: "target".into(),
        }
    }

    fn check(members: &[(&str, &[&str])], expected: &[(&str, &str)]) {
        let registry = Some("registry");
        let foreign = [("tokio", registry), ("serde", registry), ("rand", registry)];
        let found = breaches(&metadata(members, &foreign));
        let found: Vec<_> = found.iter().map(|b| (b.place.as_str(), b.what.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_may_be_known() {
        check(
            &[
                ("domain", &["serde", "rand~"]),
                ("drivers", &["domain", "serialport"]),
                ("platform-client", &["domain", "sample-city?", "axum?", "rusqlite", "reqwest"]),
                ("sample-city", &["domain"]),
                ("kiosk-ui", &["domain", "drivers", "platform-client", "slint"]),
                ("terminal-tests", &["kiosk-ui~"]),
                ("xtask", &[]),
            ],
            &[],
        );
    }

    #[test]
    fn each_wrong_edge_is_named() {
        check(
            &[("domain", &[]), ("drivers", &["platform-client"]), ("platform-client", &[])],
            &[("drivers", "may not know platform-client")],
        );
        check(
            &[("drivers", &[]), ("platform-client", &["drivers~"])],
            &[("platform-client", "may not know drivers")],
        );
        check(
            &[("kiosk-ui", &["sample-city"]), ("sample-city", &[])],
            &[("kiosk-ui", "may not know sample-city")],
        );
        check(&[("xtask", &["domain"]), ("domain", &[])], &[("xtask", "may not know domain")]);
        check(&[("newcomer", &[])], &[("newcomer", "is not in the table of who may know whom")]);
    }

    #[test]
    fn an_edge_has_one_owner() {
        check(
            &[("drivers", &["slint"])],
            &[("drivers", "uses slint, but the screen is only for kiosk-ui, kiosk-screens")],
        );
        check(
            &[("kiosk-ui", &["serialport"])],
            &[("kiosk-ui", "uses serialport, but devices is only for drivers")],
        );
        check(
            &[("kiosk-ui", &["rusqlite"])],
            &[("kiosk-ui", "uses rusqlite, but SQL is only for platform-client, fleet-agent, fleet-server")],
        );
        check(
            &[("drivers", &["reqwest~"])],
            &[(
                "drivers",
                "uses reqwest, but HTTP to others is only for platform-client, fleet-agent, fleet-server",
            )],
        );
    }

    #[test]
    fn a_simulators_need_is_optional() {
        check(
            &[("platform-client", &["axum", "sample-city"]), ("sample-city", &[])],
            &[
                ("platform-client", "needs axum always: it is for the feature `sim`"),
                ("platform-client", "needs sample-city always: it is for the feature `sim`"),
            ],
        );
    }

    #[test]
    fn the_domain_links_no_io() {
        check(
            &[("domain", &["tokio"])],
            &[("domain", "links tokio: the domain has no IO, no async, no clock")],
        );
    }

    #[test]
    fn the_stand_in_for_fontconfig_stays() {
        let found = breaches(&metadata(&[], &[(NO_SYSTEM_FONTS, Some("registry"))]));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(breaches(&metadata(&[], &[(NO_SYSTEM_FONTS, None)])).is_empty());
    }
}
