package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.messaging.Priority;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What the broker counts, under the names existing dashboards know (PROTOCOL 8.1). Thread-safe;
/// never waits.
public final class Metrics {
  private static final String REJECTED_CONNECTIONS = "broker_connections_rejected_total";
  private static final String ROUTED = "broker_messages_routed_total";
  private static final String REJECTED = "broker_messages_rejected_total";
  private static final String DROPPED_BY_GRANT = "broker_messages_dropped_by_grant_total";
  private static final String TTL_SWEEPS = "broker_ttl_sweeps_total";

  /// A counter with a label has no line before its first event; a dashboard wants one that says 0.
  private record Labelled(String name, String help) {}

  private static final List<Labelled> LABELLED =
      List.of(
          new Labelled(REJECTED_CONNECTIONS, "Connections refused at the hello, by error code"),
          new Labelled(ROUTED, "Messages accepted, by priority"),
          new Labelled(REJECTED, "Frames refused, by error code"),
          new Labelled(
              DROPPED_BY_GRANT,
              "Copies of messages their recipient does not accept, by capability"),
          new Labelled(TTL_SWEEPS, "Statuses looked at by the sweep, by whether they changed"));

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ConcurrentHashMap<List<String>, Counter> labelled = new ConcurrentHashMap<>();
  private final Timer commits =
      Timer.builder("broker_commit")
          .description("Transactions that wrote messages, and how long they took")
          .register(registry);
  private final DistributionSummary commitMessages =
      DistributionSummary.builder("broker_commit_messages")
          .description("Messages of one transaction")
          .register(registry);
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicLong queueDepth = new AtomicLong();
  private final AtomicInteger databaseHealthy = new AtomicInteger();
  private final Counter connections =
      counter("broker_connections_total", "Connections that said a good hello");
  private final Counter hooks = counter("broker_hook_requests_total", "Reports of hooks");
  private final Counter hooksLimited =
      counter("broker_hook_requests_rate_limited_total", "Reports of hooks above their rate");

  public Metrics() {
    gauge("broker_connections_active", "Connections that are open after a good hello", active);
    gauge("broker_queue_depth", "Copies of messages that were not delivered yet", queueDepth);
    gauge("broker_db_healthy", "1 while the database answers", databaseHealthy);
  }

  public void connectionOpened() {
    connections.increment();
    active.incrementAndGet();
  }

  public void connectionClosed() {
    active.decrementAndGet();
  }

  /// @param reason the error code on the wire
  public void connectionRejected(String reason) {
    labelled(REJECTED_CONNECTIONS, "reason", reason);
  }

  public void messageRouted(Priority priority) {
    labelled(ROUTED, "priority", priority.name().toLowerCase(Locale.ROOT));
  }

  /// A transaction with messages is on disk.
  public void committed(int messages, Duration took) {
    commits.record(took);
    commitMessages.record(messages);
  }

  /// @param reason the error code on the wire
  public void messageRejected(String reason) {
    labelled(REJECTED, "reason", reason);
  }

  /// @param capability dm or broadcast
  public void droppedByGrant(String capability) {
    labelled(DROPPED_BY_GRANT, "cap", capability);
  }

  public void ttlSweep(boolean flipped) {
    labelled(TTL_SWEEPS, "flipped", Boolean.toString(flipped));
  }

  public void hookRequest() {
    hooks.increment();
  }

  public void hookRateLimited() {
    hooksLimited.increment();
  }

  /// Copies of messages that were not delivered yet, as last counted.
  public void queueDepth(long depth) {
    queueDepth.set(depth);
  }

  public void databaseHealthy(boolean healthy) {
    databaseHealthy.set(healthy ? 1 : 0);
  }

  /// All of it in Prometheus' text format 0.0.4.
  public String scrape() {
    StringBuilder text = new StringBuilder(registry.scrape());
    for (Labelled counter : LABELLED) {
      if (text.indexOf("# TYPE " + counter.name() + " ") < 0) {
        text.append("# HELP ")
            .append(counter.name())
            .append(' ')
            .append(counter.help())
            .append('\n');
        text.append("# TYPE ").append(counter.name()).append(" counter\n");
        text.append(counter.name()).append(" 0\n");
      }
    }
    return text.toString();
  }

  private Counter counter(String name, String help) {
    return Counter.builder(name).description(help).register(registry);
  }

  private void gauge(String name, String help, Number value) {
    Gauge.builder(name, value, Number::doubleValue).description(help).register(registry);
  }

  private void labelled(String name, String label, String value) {
    labelled.computeIfAbsent(List.of(name, value), key -> counter(name, label, value)).increment();
  }

  private Counter counter(String name, String label, String value) {
    String help =
        LABELLED.stream()
            .filter(counter -> counter.name().equals(name))
            .findFirst()
            .orElseThrow()
            .help();
    return Counter.builder(name).description(help).tag(label, value).register(registry);
  }
}
