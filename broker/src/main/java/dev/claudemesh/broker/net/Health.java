package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.protocol.Wire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether the broker is well. Asks the database at most once a second, however often it is asked
/// itself.
public final class Health {
  /// Shown where the broker speaks of itself.
  public static final String VERSION = "0.1.0";

  private static final Duration REMEMBERED = Duration.ofSeconds(1);

  private final BrokerConfig config;
  private final BooleanSupplier database;
  private final Metrics metrics;
  private final InstantSource clock;
  private final Instant started;
  private final Optional<String> warning;
  private volatile boolean stopping;
  private boolean up;
  private long askedNanos;
  private boolean asked;

  /// @param warning what the operator should mend, though the broker does without
  public Health(
      BrokerConfig config,
      BooleanSupplier database,
      Metrics metrics,
      InstantSource clock,
      Optional<String> warning) {
    this.config = config;
    this.database = database;
    this.metrics = metrics;
    this.clock = clock;
    this.started = clock.instant();
    this.warning = warning;
  }

  public void stopping() {
    stopping = true;
  }

  /// Always 200: whoever restarts brokers by this must not do so because the database is down.
  HttpAnswer health() {
    boolean databaseUp = databaseUp();
    ObjectNode body = Wire.mapper().createObjectNode();
    body.put("status", databaseUp && !stopping ? "ok" : "degraded");
    body.put("db", databaseUp ? "up" : "down");
    body.put("version", VERSION);
    body.put("gitSha", config.gitSha().orElse("unknown"));
    body.put("uptime", Duration.between(started, clock.instant()).toSeconds());
    if (stopping) {
      body.put("stopping", true);
    }
    ArrayNode warnings = body.arrayNode();
    if (config.compat()) {
      warnings.add(
          "BROKER_COMPAT is on: clients of the first protocol may call without proof of who they"
              + " are");
    }
    warning.ifPresent(warnings::add);
    if (!warnings.isEmpty()) {
      body.set("warnings", warnings);
    }
    return HttpAnswer.json(200, body);
  }

  /// 503 while traffic should go elsewhere.
  HttpAnswer ready() {
    boolean databaseUp = databaseUp();
    ObjectNode body = Wire.mapper().createObjectNode();
    body.put("ready", databaseUp && !stopping);
    body.put("db", databaseUp ? "up" : "down");
    return HttpAnswer.json(databaseUp && !stopping ? 200 : 503, body);
  }

  /// What the metrics page shows, up to date.
  synchronized boolean databaseUp() {
    long now = System.nanoTime();
    if (!asked || now - askedNanos > REMEMBERED.toNanos()) {
      up = database.getAsBoolean();
      askedNanos = System.nanoTime();
      asked = true;
      metrics.databaseHealthy(up);
    }
    return up;
  }
}
