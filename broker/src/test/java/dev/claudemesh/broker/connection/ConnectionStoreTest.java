package dev.claudemesh.broker.connection;

import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.connection.ConnectionStore.Left;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MeshFixture.Somebody;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionStoreTest extends RoomTest {
  private static final Tokens.Hashes HASHES = Tokens.issue().hashes();

  private ConnectionStore store;

  @BeforeEach
  void open() {
    store = new ConnectionStore(database.database());
  }

  private Peer peer(Somebody somebody, PublicKey address) {
    Peer like = mesh.here(new Peers(), somebody, client(), new RecordingConnection(), now);
    database
        .database()
        .dsl()
        .deleteFrom(PRESENCE)
        .where(PRESENCE.ID.eq(like.presenceId()))
        .execute();
    return new Peer(
        Ids.next(),
        like.member(),
        address,
        Optional.of(address),
        like.purpose(),
        client(),
        now,
        like.state());
  }

  private static Peer.Client client() {
    return new Peer.Client(
        "s",
        1,
        "/tmp",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Set.of());
  }

  @Test
  void of_two_members_that_race_for_one_address_one_gets_it() throws InterruptedException {
    PublicKey address = Keys.generate().publicKey();
    for (int round = 0; round < 20; round++) {
      AtomicInteger won = new AtomicInteger();
      CountDownLatch go = new CountDownLatch(1);
      List<Peer> peers = List.of(peer(anna, address), peer(bert, address));
      List<Thread> threads =
          peers.stream()
              .map(peer ->
                  Thread.ofVirtual()
                      .start(() -> {
                        await(go);
                        if (store.open(peer, HASHES, Leases.WHILE_CONNECTED)) {
                          won.incrementAndGet();
                        }
                      }))
              .toList();
      go.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(won).hasValue(1);
      peers.forEach(peer -> store.end(peer, now));
    }
  }

  @Test
  void ending_twice_leaves_the_counters_of_one_session() {
    Peer peer = peer(anna, Keys.generate().publicKey());
    peer.update(state -> state.withStats(Map.of("errors", 2L)));
    store.open(peer, HASHES, Leases.WHILE_CONNECTED);
    store.end(peer, now);
    store.end(peer, now.plusSeconds(1));
    Left left = store.left(anna.id()).orElseThrow();
    assertThat(left.counters()).containsEntry("errors", 2L);
    assertThat(left.seenAt()).contains(now);
  }

  @Test
  void the_last_summary_stays_until_a_session_leaves_another() {
    Stream.of(Optional.of("X"), Optional.<String>empty())
        .forEach(summary -> {
          Peer peer = peer(anna, Keys.generate().publicKey());
          peer.update(state -> state.withSummary(summary));
          store.open(peer, HASHES, Leases.WHILE_CONNECTED);
          store.end(peer, now);
          assertThat(store.left(anna.id()).orElseThrow().summary()).contains("X");
        });
  }

  @Test
  void ended_leases_are_forgotten_after_their_time_and_open_ones_are_not() {
    Peer ended = peer(anna, Keys.generate().publicKey());
    store.open(ended, HASHES, Leases.WHILE_CONNECTED);
    store.end(ended, now);
    store.open(peer(bert, Keys.generate().publicKey()), HASHES, Leases.WHILE_CONNECTED);
    assertThat(store.prune(now)).isZero();
    assertThat(store.prune(now.plusMillis(1))).isEqualTo(1);
    assertThat(store.prune(now.plus(Duration.ofDays(1_000)))).isZero();
    assertThat(store.open()).hasSize(1);
  }

  @Test
  void a_key_is_anothers_only_within_the_mesh() {
    Member member = peer(anna, Keys.generate().publicKey()).member();
    Member elsewhere =
        new Member(
            member.id(),
            "elsewhere",
            member.meshSlug(),
            member.key(),
            member.displayName(),
            false,
            false,
            member.permissions());

    assertThat(store.standing(member, bert.key().publicKey(), false).keyTaken()).isTrue();
    assertThat(store.standing(member, anna.key().publicKey(), false).keyTaken()).isFalse();
    assertThat(store.standing(elsewhere, bert.key().publicKey(), false).keyTaken()).isFalse();
  }

  @Test
  void a_key_that_anothers_session_had_is_taken_for_who_cannot_prove_it() {
    PublicKey key = Keys.generate().publicKey();
    Peer berts = peer(bert, key);
    store.open(berts, HASHES, now);
    store.end(berts, now);
    Member member = peer(anna, key).member();

    assertThat(store.standing(member, key, true).keyTaken()).isTrue();
    assertThat(store.standing(member, key, false).keyTaken()).isFalse();
    assertThat(store.standing(berts.member(), key, true).keyTaken()).isFalse();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
