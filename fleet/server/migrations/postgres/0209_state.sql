-- Planned, revoked and retired terminals are few among all, as a community's are. No heartbeat changes the state.
CREATE INDEX health_state ON health (state, terminal);
