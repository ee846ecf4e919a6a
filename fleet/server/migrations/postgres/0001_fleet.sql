-- Moments are milliseconds of Unix time; truth is 1 or 0; what has no fixed shape is JSON in a text.

-- The city's divisions, for coverage: a community without a terminal stands here too.
CREATE TABLE divisions (
    code TEXT PRIMARY KEY,
    parent TEXT,
    level TEXT NOT NULL,             -- district, street, community
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    urban BIGINT NOT NULL,           -- indicator 5 counts urban communities only
    x DOUBLE PRECISION,              -- place on the map, 0 to 1
    y DOUBLE PRECISION
);
CREATE INDEX divisions_parent ON divisions (parent);

CREATE TABLE terminals (
    id TEXT PRIMARY KEY,
    district TEXT NOT NULL,
    street TEXT NOT NULL,
    community TEXT NOT NULL,
    model TEXT NOT NULL,
    compatible TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    address_zh TEXT NOT NULL,
    address_en TEXT NOT NULL,
    hours TEXT NOT NULL,             -- opening hours of every day, HH:MM-HH:MM
    keeper_zh TEXT NOT NULL,         -- the office that looks after it, never a person
    keeper_en TEXT NOT NULL,
    keeper_phone TEXT NOT NULL,
    state TEXT NOT NULL,             -- planned, enrolled, revoked, retired
    installed_at BIGINT,
    created_at BIGINT NOT NULL,
    hardware TEXT,
    agent_version TEXT,
    certificate_serial TEXT,
    certificate_until BIGINT,
    token_sha256 TEXT,               -- hawkBit's TargetToken
    attributes TEXT NOT NULL DEFAULT '{}',
    attributes_at BIGINT,
    commands_version BIGINT NOT NULL DEFAULT 0,
    events_through BIGINT NOT NULL DEFAULT 0,
    events_dropped BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX terminals_place ON terminals (district, street, community, id);
CREATE INDEX terminals_community ON terminals (community);
CREATE INDEX terminals_model ON terminals (model, id);
CREATE INDEX terminals_state ON terminals (state, id);

CREATE TABLE enrolment_codes (
    code_sha256 TEXT PRIMARY KEY,
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    used_key TEXT                    -- SHA-256 of the key that it was used for: an answer that was lost is given again
);

CREATE TABLE certificates (
    serial TEXT PRIMARY KEY,
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    issued_at BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_by TEXT,
    why TEXT
);
CREATE INDEX certificates_terminal ON certificates (terminal, issued_at);

-- The newest word of each terminal.
CREATE TABLE health (
    terminal TEXT PRIMARY KEY REFERENCES terminals (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,              -- by the terminal's clock
    received_at BIGINT NOT NULL,     -- by the server's
    image TEXT NOT NULL,
    agent TEXT NOT NULL,
    slot TEXT,
    phase TEXT,                      -- null while the screen is away
    in_service BIGINT NOT NULL,
    out_of_service TEXT,
    worst TEXT NOT NULL,             -- ready, attention, media, keeper, technician
    outbox_waiting BIGINT NOT NULL,
    outbox_needs_person BIGINT NOT NULL,
    configuration BIGINT NOT NULL,
    key_ring BIGINT NOT NULL,
    self_test_at BIGINT,
    body TEXT NOT NULL               -- the heartbeat, as fleet_api::health::Heartbeat
);
CREATE INDEX health_received ON health (received_at);

-- One row for each terminal and hour: what reports are made of.
CREATE TABLE hours (
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    hour BIGINT NOT NULL,            -- the full hour, seconds of Unix time
    beats BIGINT NOT NULL,
    open_seconds BIGINT NOT NULL,    -- within the opening hours
    served_seconds BIGINT NOT NULL,  -- and in service, as heartbeats say
    warmest DOUBLE PRECISION,
    disk_free BIGINT,
    PRIMARY KEY (terminal, hour)
);
CREATE INDEX hours_hour ON hours (hour);

CREATE TABLE devices (
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    device TEXT NOT NULL,
    state TEXT NOT NULL,
    cause TEXT,
    kind TEXT NOT NULL,
    model TEXT,
    since BIGINT NOT NULL,
    PRIMARY KEY (terminal, device)
);

CREATE TABLE supplies (
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    supply TEXT NOT NULL,
    day BIGINT NOT NULL,             -- days of Unix time
    level TEXT NOT NULL,
    remaining_permille BIGINT,
    used_total BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (terminal, supply, day)
);

-- What happened, but for what people did at a terminal: that is counted below or passed on, never kept.
CREATE TABLE events (
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,              -- fleet_api::event::What
    PRIMARY KEY (terminal, number)
);
CREATE INDEX events_time ON events (terminal, at);
CREATE INDEX events_received ON events (received_at);

-- Where people stop: counts of a community, no terminal's visit by itself.
CREATE TABLE stops (
    community TEXT NOT NULL,
    day BIGINT NOT NULL,
    page TEXT NOT NULL,
    mode TEXT NOT NULL,
    item TEXT NOT NULL,              -- empty where none was chosen
    stop TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (day, community, page, mode, item, stop)
);

-- Files, each once.
CREATE TABLE artifacts (
    sha256 TEXT PRIMARY KEY,
    sha1 TEXT NOT NULL,
    md5 TEXT NOT NULL,
    size BIGINT NOT NULL,
    added_at BIGINT NOT NULL
);

CREATE TABLE releases (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    compatible TEXT NOT NULL,
    part TEXT NOT NULL,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES artifacts (sha256),
    manifest TEXT,                   -- fleet_api Signed<ReleaseManifest>; null: only clients that need none
    added_at BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    UNIQUE (name, version, compatible)
);

CREATE TABLE rollouts (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    release BIGINT NOT NULL REFERENCES releases (id),
    selector TEXT NOT NULL,          -- districts, models, percentage
    seed BIGINT NOT NULL,
    waves TEXT NOT NULL,             -- list of {percentage, pause_seconds}
    error_permille BIGINT NOT NULL,
    forced BIGINT NOT NULL,
    state TEXT NOT NULL,             -- draft, running, paused, stopped, aborted, rolling_back, done, rolled_back
    wave BIGINT NOT NULL,            -- the wave that runs, from 0
    wave_began_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    why TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    state_why TEXT,
    ended_at BIGINT
);
CREATE INDEX rollouts_state ON rollouts (state);

-- One terminal's part of a rollout, or an update by itself.
CREATE TABLE actions (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    release BIGINT NOT NULL REFERENCES releases (id),
    rollout BIGINT REFERENCES rollouts (id),
    wave BIGINT NOT NULL,
    forced BIGINT NOT NULL,
    state TEXT NOT NULL,             -- waiting, offered, proceeding, downloading, downloaded, cancelling, succeeded, failed, cancelled
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    ended_at BIGINT,
    progress BIGINT,                 -- 0 to 100
    detail TEXT,
    UNIQUE (rollout, terminal)
);
CREATE INDEX actions_terminal ON actions (terminal, id);
CREATE INDEX actions_rollout ON actions (rollout, wave, state);
CREATE UNIQUE INDEX actions_open ON actions (terminal)
    WHERE state IN ('offered', 'proceeding', 'downloading', 'downloaded', 'cancelling');

CREATE TABLE feedback (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    action BIGINT NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    execution TEXT NOT NULL,
    finished TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX feedback_action ON feedback (action, id);

CREATE TABLE commands (
    id TEXT PRIMARY KEY,
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    word TEXT NOT NULL,
    body TEXT NOT NULL,              -- fleet_api::command::Order
    state TEXT NOT NULL,             -- waits_for_approval, open, done, refused
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ordered_by TEXT NOT NULL,
    why TEXT NOT NULL,
    approved_by TEXT,
    signed TEXT,                     -- Signed<Command>; null until approved
    outcome TEXT,
    ended_at BIGINT,
    detail TEXT,
    attachment_sha256 TEXT
);
CREATE INDEX commands_terminal ON commands (terminal, state, issued_at);

CREATE TABLE attachments (
    command TEXT PRIMARY KEY REFERENCES commands (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    at BIGINT NOT NULL,
    bytes BYTEA NOT NULL
);

-- What a debug shell said and was told, in order.
CREATE TABLE transcripts (
    command TEXT NOT NULL REFERENCES commands (id) ON DELETE CASCADE,
    turn BIGINT NOT NULL,
    at BIGINT NOT NULL,
    output TEXT NOT NULL,            -- base64
    input TEXT NOT NULL,             -- base64, what was told in answer
    PRIMARY KEY (command, turn)
);

CREATE TABLE configurations (
    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    settings TEXT NOT NULL,          -- fleet_api::configuration::Settings
    selector TEXT NOT NULL,
    percentage BIGINT NOT NULL,      -- how far the staged push is
    seed BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    why TEXT NOT NULL
);

CREATE TABLE terminal_configurations (
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    number BIGINT NOT NULL REFERENCES configurations (number),
    at BIGINT NOT NULL,
    outcome TEXT,                    -- applied, refused, returned; null until the terminal says
    outcome_at BIGINT,
    detail TEXT,
    PRIMARY KEY (terminal, number)
);
CREATE INDEX terminal_configurations_number ON terminal_configurations (number, outcome);

CREATE TABLE rings (
    number BIGINT PRIMARY KEY,
    signed TEXT NOT NULL,            -- Signed<KeyRing>
    at BIGINT NOT NULL,
    added_by TEXT NOT NULL
);

CREATE TABLE tickets (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    rule TEXT NOT NULL,              -- offline, out_of_service, device, supply, update_failed, needs_person, disk
    subject TEXT NOT NULL,           -- the device or supply; empty where there is none
    state TEXT NOT NULL,             -- open, closed
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    opened_for TEXT NOT NULL,        -- the figures that opened it, JSON
    closed_by TEXT,                  -- the evidence that closed it, JSON
    assigned_to TEXT,
    note TEXT
);
CREATE UNIQUE INDEX tickets_open ON tickets (terminal, rule, subject) WHERE state = 'open';
CREATE INDEX tickets_state ON tickets (state, id);
CREATE INDEX tickets_terminal ON tickets (terminal, id);

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Who runs what is run once for all instances.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- What instances tell each other; kept for a minute.
CREATE TABLE changes (
    seq BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    origin TEXT NOT NULL,
    subject TEXT NOT NULL,           -- terminal, rollout, ticket, keys, call
    key TEXT NOT NULL
);
CREATE INDEX changes_at ON changes (at);
