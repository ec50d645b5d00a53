package dev.claudemesh.broker.contexts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.contexts.ContextStore.Told;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.contexts.ContextReply.Context;
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

class ContextStoreTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final int MANY = 1_000;
  private static TestDatabase database;

  private MeshFixture mesh;
  private Member anna;
  private ContextStore store;

  @BeforeAll
  static void createDatabase() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @BeforeEach
  void aMesh() {
    mesh = MeshFixture.create(database.database());
    anna = member(mesh.member("Anna"));
    store = new ContextStore(database.database());
  }

  @Test
  void a_session_replaces_what_it_told_and_keeps_its_id_and_other_sessions_stay() {
    String first = tell(anna, "s1", "one", 0);
    String other = tell(anna, "s2", "two", 1);
    String again = tell(anna, "s1", "three", 2);

    assertThat(again).isEqualTo(first).isNotEqualTo(other);
    assertThat(summaries(store.list(anna, MANY, MANY))).containsExactly("three", "two");
  }

  @Test
  void it_is_told_by_whom_and_in_which_session_and_belongs_to_its_mesh_alone() {
    store.save(
        new Told(
            "id",
            mesh.id(),
            anna.id(),
            "s1",
            Optional.of("Anna on laptop"),
            "summary",
            List.of("a.java"),
            List.of("it leaks"),
            List.of("ops"),
            NOON),
        MANY);

    assertThat(store.list(anna, MANY, MANY).getFirst().filesRead()).isEmpty();
    assertThat(store.find(anna, "summary", MANY, MANY))
        .containsExactly(
            new Context(
                "Anna",
                "summary",
                List.of("a.java"),
                List.of("it leaks"),
                List.of("ops"),
                NOON,
                Optional.of("Anna on laptop"),
                Optional.of(anna.key().hex())));
    Member stranger = member(MeshFixture.create(database.database()).member("Sven"));
    assertThat(store.list(stranger, MANY, MANY)).isEmpty();
    assertThat(store.find(stranger, "", MANY, MANY)).isEmpty();
  }

  @Test
  void a_text_is_found_in_summary_files_and_findings_in_any_case_and_a_tag_only_as_a_whole() {
    store.save(
        new Told(
            "id",
            mesh.id(),
            anna.id(),
            "",
            Optional.empty(),
            "The Engine room",
            List.of("src/Pump.java"),
            List.of("Valve 3 leaks"),
            List.of("operations"),
            NOON),
        MANY);

    for (String text : List.of("engine R", "pump", "leaks", "operations", "")) {
      assertThat(store.find(anna, text, MANY, MANY)).as(text).hasSize(1);
    }
    for (String text : List.of("operation", "Operations", "Pump.javaValve", "diesel")) {
      assertThat(store.find(anna, text, MANY, MANY)).as(text).isEmpty();
    }
  }

  @Test
  void signs_that_mean_something_in_patterns_mean_themselves() {
    tell(anna, "s1", "100% of a_b!c and \\d", 0);
    tell(anna, "s2", "100 of axb", 1);

    for (String text : List.of("100%", "a_b", "b!c", "\\d")) {
      assertThat(summaries(store.find(anna, text, MANY, MANY))).as(text).hasSize(1);
    }
  }

  @Test
  void the_newest_come_first_and_no_more_than_asked_for() {
    IntStream.range(0, 5).forEach(i -> tell(anna, "s" + i, "work " + i, i));

    assertThat(summaries(store.find(anna, "work", 3, MANY)))
        .containsExactly("work 4", "work 3", "work 2");
    assertThat(summaries(store.list(anna, 2, MANY))).containsExactly("work 4", "work 3");
  }

  @Test
  void no_more_is_read_than_is_wanted() {
    IntStream.range(0, 5).forEach(i -> tell(anna, "s" + i, "work " + i, i));

    assertThat(summaries(store.list(anna, MANY, 12))).containsExactly("work 4", "work 3", "work 2");
    assertThat(summaries(store.find(anna, "work", MANY, 1))).hasSize(2);
  }

  @Test
  void a_member_has_a_bounded_number_of_contexts_and_the_oldest_give_way() {
    Member bob = member(mesh.member("Bob"));
    tell(bob, "s0", "of bob", 0);
    for (int i = 0; i < 5; i++) {
      store.save(told(anna, "s" + i, "work " + i, i), 3);
    }

    assertThat(summaries(store.list(anna, MANY, MANY)))
        .containsExactly("work 4", "work 3", "work 2", "of bob");
  }

  @Test
  void what_an_author_withholds_from_a_reader_is_not_there_for_them() {
    Member bob = member(mesh.member("Bob"));
    tell(anna, "s1", "not for bob", 0);
    database
        .database()
        .dsl()
        .query(
            "update mesh.member set peer_grants = jsonb_build_object(?, '[]'::jsonb) where id = ?",
            bob.key().hex(),
            anna.id())
        .execute();

    assertThat(store.list(bob, MANY, MANY)).isEmpty();
    assertThat(store.find(bob, "bob", MANY, MANY)).isEmpty();
    assertThat(store.list(anna, MANY, MANY)).hasSize(1);
  }

  @Test
  void one_session_that_tells_many_things_at_once_has_one_context() throws Exception {
    try (Database wide = Team.wide(database);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ContextStore racing = new ContextStore(wide);
      List<Callable<String>> tasks =
          IntStream.range(0, 20)
              .<Callable<String>>mapToObj(
                  i -> () -> racing.save(told(anna, "s", "work " + i, i), MANY))
              .toList();
      List<String> ids = new java.util.ArrayList<>();
      for (Future<String> outcome : threads.invokeAll(tasks)) {
        ids.add(outcome.get());
      }
      assertThat(ids.stream().distinct()).hasSize(1);
    }
    assertThat(store.list(anna, MANY, MANY)).hasSize(1);
  }

  private String tell(Member member, String session, String summary, int minute) {
    return store.save(told(member, session, summary, minute), MANY);
  }

  private static Told told(Member member, String session, String summary, int minute) {
    return new Told(
        Ids.next(),
        member.meshId(),
        member.id(),
        session,
        Optional.empty(),
        summary,
        List.of(),
        List.of(),
        List.of(),
        NOON.plusSeconds(60L * minute));
  }

  private static List<String> summaries(List<Context> contexts) {
    return contexts.stream().map(Context::summary).toList();
  }

  private static Member member(MeshFixture.Somebody somebody) {
    return new Member(
        somebody.id(),
        somebody.meshId(),
        "mesh",
        somebody.key().publicKey(),
        somebody.name(),
        false,
        false,
        Permissions.MEMBER);
  }
}
