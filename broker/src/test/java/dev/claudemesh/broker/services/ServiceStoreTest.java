package dev.claudemesh.broker.services;

import static dev.claudemesh.db.jooq.Tables.HOSTED_SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.MeshFixture.Somebody;
import dev.claudemesh.broker.services.HostedServer.Host;
import dev.claudemesh.broker.services.ServiceStore.Put;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final Host LAPTOP = new Host("ada", "aa".repeat(32), "presence-1");
  private static final Host DESKTOP = new Host("ada at home", "bb".repeat(32), "presence-2");

  private static TestDatabase database;

  private ServiceStore store;
  private Somebody ada;
  private Somebody bob;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void aMesh() {
    MeshFixture mesh = MeshFixture.create(database.database());
    ada = mesh.member("ada");
    bob = mesh.member("bob");
    store = new ServiceStore(database.database());
  }

  private static HostedServer server(Somebody of, String name, boolean persistent, Host host) {
    ToolOffer tool =
        new ToolOffer(
            "echo",
            Optional.of("Says it again"),
            Optional.of(Wire.mapper().readTree("{\"type\":\"object\"}")));
    return new HostedServer(
        of.meshId(),
        name,
        of.id(),
        "for tests",
        List.of(tool, new ToolOffer("bare", Optional.empty(), Optional.empty())),
        persistent,
        true,
        host,
        NOW,
        Optional.empty());
  }

  @Test
  void a_server_is_read_as_it_was_registered_and_in_its_own_mesh_only() {
    HostedServer echo = server(ada, "echo", true, LAPTOP);
    assertThat(store.put(echo, 5)).isEqualTo(new Put.Stored(Optional.empty()));
    assertThat(store.find(ada.meshId(), "echo")).contains(echo);
    assertThat(store.ofMesh(ada.meshId())).containsExactly(echo);
    Somebody stranger = MeshFixture.create(database.database()).member("eve");
    assertThat(store.find(stranger.meshId(), "echo")).isEmpty();
    assertThat(store.ofMesh(stranger.meshId())).isEmpty();
    assertThat(store.remove(server(stranger, "echo", true, LAPTOP))).isFalse();
    assertThat(store.removeOf(stranger.meshId(), ada.id())).isEmpty();
    assertThat(store.find(ada.meshId(), "echo")).contains(echo);
  }

  @Test
  void the_last_registration_of_a_name_wins_for_the_same_member_and_for_no_other() {
    HostedServer echo = server(ada, "echo", true, LAPTOP);
    store.put(echo, 5);
    assertThat(store.put(server(bob, "echo", false, DESKTOP), 5)).isEqualTo(new Put.Taken());
    HostedServer moved = server(ada, "echo", false, DESKTOP);
    assertThat(store.put(moved, 5)).isEqualTo(new Put.Stored(Optional.of(echo)));
    assertThat(store.find(ada.meshId(), "echo")).contains(moved);
  }

  @Test
  void a_registration_that_was_replaced_meanwhile_is_not_taken_off() {
    HostedServer echo = server(ada, "echo", true, LAPTOP);
    store.put(echo, 5);
    HostedServer again = store.find(ada.meshId(), "echo").orElseThrow();
    database
        .database()
        .dsl()
        .update(HOSTED_SERVER)
        .set(HOSTED_SERVER.REGISTERED_AT, NOW.plusSeconds(1))
        .where(HOSTED_SERVER.MESH_ID.eq(ada.meshId()))
        .execute();
    assertThat(store.remove(again)).isFalse();
    assertThat(store.remove(store.find(ada.meshId(), "echo").orElseThrow())).isTrue();
  }

  @Test
  void of_many_who_register_one_name_at_once_one_has_it_and_a_mesh_never_has_too_many()
      throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Callable<Put>> race =
          IntStream.range(0, 12)
              .<Callable<Put>>mapToObj(i ->
                  () -> store.put(server(i % 2 == 0 ? ada : bob, "n" + i / 2, false, LAPTOP), 4))
              .toList();
      List<Put> done = threads.invokeAll(race).stream().map(Future::resultNow).toList();
      assertThat(done.stream().filter(Put.Stored.class::isInstance)).hasSize(4);
    }
    assertThat(store.ofMesh(ada.meshId())).hasSize(4);
    HostedServer known = store.ofMesh(ada.meshId()).getFirst();
    Somebody owner = known.memberId().equals(ada.id()) ? ada : bob;
    assertThat(store.put(server(owner, known.name(), false, DESKTOP), 4))
        .as("replacing needs no room")
        .isInstanceOf(Put.Stored.class);
    assertThat(store.put(server(ada, "more", false, DESKTOP), 4)).isEqualTo(new Put.Full());
  }

  @Test
  void when_a_host_leaves_what_is_persistent_is_offline_and_the_rest_is_no_more() {
    store.put(server(ada, "kept", true, LAPTOP), 5);
    store.put(server(ada, "passing", false, LAPTOP), 5);
    store.put(server(ada, "elsewhere", false, DESKTOP), 5);
    assertThat(store.hosts()).contains("presence-1", "presence-2");
    assertThat(store.hostLeft("presence-1", NOW))
        .extracting(HostedServer::name)
        .containsExactly("passing");
    assertThat(store.hostLeft("presence-1", LATER)).isEmpty();
    assertThat(store.find(ada.meshId(), "kept").orElseThrow().offlineSince()).contains(NOW);
    assertThat(store.find(ada.meshId(), "elsewhere")).isPresent();
    assertThat(store.hosts()).contains("presence-2").doesNotContain("presence-1");
    assertThat(store.members()).contains(ada.id());
  }

  @Test
  void what_was_offline_is_hosted_again_and_what_only_lost_its_connection_moves_silently() {
    store.put(server(ada, "kept", true, LAPTOP), 5);
    store.hostLeft("presence-1", NOW);
    store.put(server(ada, "moving", false, new Host("ada", "aa".repeat(32), "presence-0")), 5);
    store.put(server(bob, "other", true, LAPTOP), 5);
    Host back = new Host("ada", "aa".repeat(32), "presence-3");
    assertThat(store.hostHere(ada.meshId(), ada.id(), back, server -> true))
        .extracting(HostedServer::name)
        .containsExactly("kept");
    assertThat(store.find(ada.meshId(), "kept").orElseThrow().host()).isEqualTo(back);
    assertThat(store.find(ada.meshId(), "kept").orElseThrow().offlineSince()).isEmpty();
    assertThat(store.find(ada.meshId(), "moving").orElseThrow().host()).isEqualTo(back);
    assertThat(store.find(ada.meshId(), "other").orElseThrow().host()).isEqualTo(LAPTOP);
    assertThat(store.hostHere(ada.meshId(), ada.id(), DESKTOP, server -> false)).isEmpty();
    assertThat(store.find(ada.meshId(), "kept").orElseThrow().host()).isEqualTo(back);
  }

  @Test
  void a_removed_member_lends_nothing() {
    store.put(server(ada, "kept", true, LAPTOP), 5);
    store.put(server(bob, "other", true, LAPTOP), 5);
    assertThat(store.removeOf(ada.meshId(), ada.id()))
        .extracting(HostedServer::name)
        .containsExactly("kept");
    assertThat(store.ofMesh(ada.meshId())).extracting(HostedServer::name).containsExactly("other");
  }
}
