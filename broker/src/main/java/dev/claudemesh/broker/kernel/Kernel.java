package dev.claudemesh.broker.kernel;

import dev.claudemesh.db.Database;
import java.time.InstantSource;

/// What every room may use. Put together by the broker, once.
public record Kernel(
    Database database,
    Peers peers,
    Bus bus,
    InstantSource clock,
    LimitsConfig limits,
    Metrics metrics) {}
