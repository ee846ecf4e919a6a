-- Who works at the desk, how they sign in, and what they did.

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,       -- what is typed, lower case
    shown TEXT NOT NULL,             -- as a colleague, or a resident in a call, may read it
    role TEXT NOT NULL,              -- viewer, technician, release_manager, auditor, admin
    state TEXT NOT NULL,             -- invited, active, closed
    district TEXT,                   -- whose calls this worker takes; null for all
    language TEXT NOT NULL,
    password TEXT,                   -- argon2id, PHC string
    totp TEXT,                       -- the secret, sealed with the console's key
    totp_step BIGINT NOT NULL DEFAULT 0,   -- the last step that was used: none is taken twice
    failures BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    handle TEXT NOT NULL UNIQUE,     -- WebAuthn user handle, base64url, 64 random bytes
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    signed_in_at BIGINT
);

-- A link by which somebody sets their own password and second factor, once.
CREATE TABLE invitations (
    token_sha256 TEXT PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    totp TEXT NOT NULL,              -- the secret that the link offers, sealed
    used_at BIGINT
);

CREATE TABLE passkeys (
    credential TEXT PRIMARY KEY,     -- base64url
    account BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    static_state TEXT NOT NULL,      -- base64url, as webauthn_rp writes it
    dynamic_state TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_account ON passkeys (account);

-- A passkey's challenge between question and answer.
CREATE TABLE challenges (
    challenge TEXT PRIMARY KEY,      -- base64url
    visitor TEXT NOT NULL,           -- the browser that asked: SHA-256 of its cookie
    kind TEXT NOT NULL,              -- sign_in, add
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_sha256 TEXT PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    proved_at BIGINT NOT NULL        -- when they last proved who they are
);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_seen ON sessions (seen_at);

-- Who did what, when and why. Each row's hash covers the one before: a row that is changed or missing is found.
CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    why TEXT NOT NULL,
    detail TEXT NOT NULL,
    before TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_who ON audit (who, number);
CREATE INDEX audit_subject ON audit (subject, number);
