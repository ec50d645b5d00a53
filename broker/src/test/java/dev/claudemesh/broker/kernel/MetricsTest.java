package dev.claudemesh.broker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.messaging.Priority;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  @Test
  void every_counter_says_zero_before_anything_happened() {
    assertThat(metrics.scrape().lines())
        .contains(
            "broker_connections_total 0.0",
            "broker_connections_rejected_total 0",
            "broker_messages_routed_total 0",
            "broker_messages_rejected_total 0",
            "broker_messages_dropped_by_grant_total 0",
            "broker_ttl_sweeps_total 0",
            "broker_hook_requests_total 0.0",
            "broker_hook_requests_rate_limited_total 0.0",
            "broker_connections_active 0.0",
            "broker_queue_depth 0.0",
            "broker_db_healthy 0.0",
            "# TYPE broker_messages_routed_total counter",
            "# TYPE broker_connections_active gauge");
  }

  @Test
  void an_event_is_counted_under_its_label_and_the_zero_line_goes() {
    metrics.messageRouted(Priority.NOW);
    metrics.messageRouted(Priority.NOW);
    metrics.messageRouted(Priority.LOW);
    metrics.connectionOpened();
    metrics.connectionClosed();
    metrics.connectionOpened();
    metrics.databaseHealthy(true);

    assertThat(metrics.scrape().lines())
        .contains(
            "broker_messages_routed_total{priority=\"now\"} 2.0",
            "broker_messages_routed_total{priority=\"low\"} 1.0",
            "broker_connections_total 2.0",
            "broker_connections_active 1.0",
            "broker_db_healthy 1.0")
        .doesNotContain("broker_messages_routed_total 0");
  }
}
