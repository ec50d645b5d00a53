package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Watch;
import dev.claudemesh.db.EmbeddedPostgres;
import dev.claudemesh.protocol.audit.AuditChain;
import dev.claudemesh.protocol.audit.AuditReply.Verified;
import dev.claudemesh.protocol.audit.AuditRequest;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.connection.Purpose;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.PGConnection;

/// How fast a broker checks a long audit, what that takes, and what an entry takes on disk.
///
/// @param entries of the chain
/// @param times it is checked, the first time by a broker that has just started
public record AuditRun(int entries, int times) {
  private static final int BATCH = 10_000;
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00.123Z");
  private static final long MILLIS_APART = 1_700;
  private static final int EVERY_THIRD = 3;

  /// Starts a broker in an empty folder, fills its audit, and has it checked.
  public Result measure(Path folder) throws Exception {
    MemberKeys member;
    try (BrokerProcess broker = BrokerProcess.start(folder, Map.of())) {
      member = Meshes.founders(broker.url(), 1).getFirst();
    }
    Figures figures = new Figures().put("entries", (long) entries);
    System.err.println("bench: writing " + entries + " entries");
    fill(folder.resolve("broker"), member, figures);
    boolean valid = true;
    try (BrokerProcess broker = BrokerProcess.start(folder, Map.of());
        MeshClient client = connect(broker, member);
        Watch watch = Watch.start(broker, () -> "checking")) {
      figures.put("rss_before_mb", dev.claudemesh.bench.load.Processes.rssMb(broker.broker()));
      double best = Double.MAX_VALUE;
      for (int i = 1; i <= times; i++) {
        long before = System.nanoTime();
        Verified verified = client.ask(new AuditRequest.Verify());
        double seconds = (System.nanoTime() - before) / 1e9;
        valid &= verified.valid() && verified.entries() >= entries;
        best = Math.min(best, seconds);
        if (i == 1) {
          figures.put("first_entries_per_s", verified.entries() / seconds);
        }
      }
      figures.put("entries_per_s", entries / best);
      figures.put("live_heap_mb", Heap.liveBytes(broker.pid()) / 1e6);
      watch.into(figures, times, "check");
    }
    return new Result("claudemesh", "nothing is sent", valid, figures.values(), List.of());
  }

  private static MeshClient connect(BrokerProcess broker, MemberKeys member) {
    Identity identity =
        new Identity(
            broker.url(), member.meshId(), member.memberId(), member.key(), Optional.empty());
    MeshClient client =
        MeshClient.builder(identity, HelloDetails.ofThisProcess(Purpose.COMMAND))
            .limits(ClientLimits.ONE_SHOT.withCallTimeout(Duration.ofMinutes(10)))
            .start();
    client.ready(Duration.ofSeconds(30));
    return client;
  }

  /// Entries as they come: a message here, a shared value there.
  private void fill(Path folder, MemberKeys member, Figures figures)
      throws SQLException, IOException {
    try (EmbeddedPostgres server =
            EmbeddedPostgres.start(folder, line -> System.err.println("bench: " + line));
        Connection connection =
            DriverManager.getConnection(
                server.jdbcUrl(), server.user(), server.password().reveal());
        Statement statement = connection.createStatement()) {
      statement.execute("delete from mesh.audit_log");
      AuditChain chain = AuditChain.of(member.meshId());
      while (chain.last() < entries) {
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(
                "copy mesh.audit_log (mesh_id, seq, event_type, actor_member_id, actor_name,"
                    + " payload, hash, created_at) from stdin",
                new StringReader(batch(chain, member)));
      }
      statement.execute(
          "update mesh.audit_head set seq = "
              + chain.last()
              + ", hash = '"
              + chain.hash()
              + "' where mesh_id = '"
              + member.meshId()
              + "'");
      statement.execute("vacuum analyze mesh.audit_log");
      try (ResultSet size =
          statement.executeQuery("select pg_total_relation_size('mesh.audit_log')")) {
        size.next();
        figures.put("bytes_per_entry", size.getLong(1) / (double) chain.last());
      }
    }
  }

  private String batch(AuditChain chain, MemberKeys member) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < BATCH && chain.last() < entries; i++) {
      long n = chain.last() + 1;
      boolean message = n % EVERY_THIRD == 0;
      String event = message ? "message_sent" : "state_set";
      String payload =
          message
              ? "{\"priority\":\"next\",\"targetSpec\":\"" + "ab".repeat(32) + "\"}"
              : "{\"key\":\"build/status\",\"value\":{\"count\":" + n + ",\"state\":\"green\"}}";
      Instant at = BEGIN.plusMillis(n * MILLIS_APART);
      String hash = chain.add(event, Optional.of(member.memberId()), payload, at);
      rows.append(
          String.join(
              "\t",
              member.meshId(),
              Long.toString(n),
              event,
              member.memberId(),
              "Ada",
              payload,
              hash,
              at.toString()));
      rows.append('\n');
    }
    return rows.toString();
  }
}
