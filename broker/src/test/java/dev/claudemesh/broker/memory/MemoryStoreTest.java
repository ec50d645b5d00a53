package dev.claudemesh.broker.memory;

import static dev.claudemesh.db.jooq.Tables.MEMORY_WORD;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.broker.memory.MemoryStore.Named;
import dev.claudemesh.broker.memory.MemoryStore.NewMemory;
import dev.claudemesh.broker.memory.RecallStore.Filter;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.DatabaseBusyException;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.memory.MemoryReply.Memory;
import dev.claudemesh.protocol.memory.MemoryRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final int MANY = 1_000_000;
  private static TestDatabase database;

  private MeshFixture mesh;
  private MeshFixture.Somebody anna;
  private MemoryStore store;
  private RecallStore recalls;

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
    anna = mesh.member("Anna");
    store = new MemoryStore(database.database());
    recalls = new RecallStore(database.database(), Duration.ofSeconds(20), 100_000);
  }

  @Test
  void a_memory_is_found_by_any_form_of_its_words_and_belongs_to_its_mesh_alone() {
    remember("The staging servers were deployed by hand");

    assertThat(found("deploying server"))
        .containsExactly("The staging servers were deployed by hand");
    assertThat(found("server production")).as("all words must be there").isEmpty();
    MeshFixture other = MeshFixture.create(database.database());
    Member stranger = member(other.member("Sven"));
    assertThat(found(stranger, "staging")).isEmpty();
    remember(stranger, "staging of the others");
    assertThat(found(stranger, "staging")).containsExactly("staging of the others");
    assertThat(found("staging")).hasSize(1);
  }

  @Test
  void a_word_among_the_tags_counts_more_than_one_in_the_content() {
    remember("deploy deploy deploy, that is what it is about");
    remember("how it is done", "deploy");
    remember("deploy");

    assertThat(found("deploy").getFirst()).isEqualTo("how it is done");
  }

  @Test
  void of_equally_good_ones_the_newest_comes_first() {
    for (String when : List.of("one", "two", "six")) {
      remember("engine " + when);
    }
    assertThat(found("engine")).containsExactly("engine six", "engine two", "engine one");
    assertThat(found("")).containsExactly("engine six", "engine two", "engine one");
    assertThat(found("  ")).hasSize(3);
  }

  @Test
  void the_last_word_may_be_unfinished_and_what_was_typed_in_full_comes_first() {
    remember("the authentication of peers");
    remember("about authors");
    remember("auth is short");

    assertThat(found("auth")).hasSize(3).startsWith("auth is short");
    assertThat(found("authenticat")).containsExactly("the authentication of peers");
    assertThat(found("peers authe")).containsExactly("the authentication of peers");
  }

  @Test
  void a_word_that_nobody_wrote_is_taken_for_one_that_looks_like_it() {
    remember("the deployment of the receiver");
    remember("a department store");

    assertThat(found("deploymnet")).containsExactly("the deployment of the receiver");
    assertThat(found("reciever deploy")).containsExactly("the deployment of the receiver");
    assertThat(found("zzzzzz")).isEmpty();
  }

  @Test
  void a_word_that_was_written_in_another_form_is_not_taken_for_others() {
    remember("it deploys one");
    remember("it deploys two");
    remember("it deploys three");
    remember("it deplores four");

    assertThat(found("deploying")).hasSize(3).noneMatch(text -> text.contains("deplores"));
    assertThat(found("deployed one")).first().isEqualTo("it deploys one");
  }

  @Test
  void where_little_is_found_others_who_mistyped_a_word_do_not_hide_the_right_one() {
    remember("somebody wrote deploymnet");
    remember("all others write deployment");

    assertThat(found("deploymnet"))
        .containsExactly("somebody wrote deploymnet", "all others write deployment");
  }

  @Test
  void quotes_or_and_minus_mean_what_they_mean_elsewhere() {
    remember("blue green deploy");
    remember("green blue deploy");
    remember("canary deploy");

    assertThat(found("\"blue green\"")).containsExactly("blue green deploy");
    assertThat(found("canary or \"green blue\"")).hasSize(2);
    assertThat(found("deploy -canary")).hasSize(2).noneMatch(text -> text.startsWith("canary"));
    assertThat(found("-deploy")).isEmpty();
  }

  @Test
  void words_of_the_code_are_found_as_well() {
    remember(
        "see bin/deploy.sh, front-end and https://example.com/a/b?c=d; error E-4711 in v1.2.3");

    for (String words :
        List.of("front-end", "E-4711", "v1.2.3", "bin/deploy.sh", "example.com", "\"front-end\"")) {
      assertThat(found(words)).as(words).hasSize(1);
    }
  }

  @Test
  void no_text_that_somebody_may_search_for_is_an_error() {
    remember("it's a C:\\temp 'quoted' (text) & more | less ! :* <-> \"x\"");
    RandomGenerator random = Seeds.random();
    String signs = "'\\\"()&|!:*<->-_.,/@#%$ \n\taAbzé漢🤖0";
    int[] points = signs.codePoints().toArray();
    for (int i = 0; i < 300; i++) {
      String text =
          random
              .ints(random.nextInt(30), 0, points.length)
              .mapToObj(at -> Character.toString(points[at]))
              .collect(Collectors.joining());
      assertThat(found(text)).as(text).isNotNull();
    }
    assertThat(found("漢".repeat(1_000))).isEmpty();
    assertThat(found("x".repeat(1_000))).isEmpty();
    assertThat(found("the and of")).as("words that are in every text").isEmpty();
    assertThat(found("C:\\temp")).hasSize(1);
  }

  @Test
  void tags_and_authors_narrow_what_is_found() {
    Member bob = member(mesh.member("Bob"));
    remember("engine of anna", "ops", "prod");
    remember("pump of anna", "ops");
    remember(bob, "engine of bob", "ops");

    assertThat(found(request("engine", List.of("ops"), "")))
        .containsExactly("engine of bob", "engine of anna");
    assertThat(found(request("", List.of("prod", "ops"), ""))).containsExactly("engine of anna");
    assertThat(found(request("", List.of("Ops"), ""))).isEmpty();
    assertThat(found(request("engine", List.of(), bob.id()))).containsExactly("engine of bob");
    assertThat(found(request("", List.of(), anna.id())))
        .containsExactly("pump of anna", "engine of anna");
  }

  @Test
  void names_and_keys_name_authors() {
    String meshId = mesh.id();
    assertThat(recalls.<List<String>>search(search -> search.members(meshId, "aNNa")))
        .containsExactly(anna.id());
    assertThat(
            recalls.<List<String>>search(
                search -> search.members(meshId, anna.key().publicKey().hex())))
        .containsExactly(anna.id());
    assertThat(recalls.<List<String>>search(search -> search.members(meshId, "Ann"))).isEmpty();
  }

  @Test
  void what_an_author_withholds_from_a_reader_is_not_there_for_them() {
    Member bob = member(mesh.member("Bob"));
    String id = remember("engine of anna");
    withhold(anna, bob);

    assertThat(found(bob, "engine")).isEmpty();
    assertThat(found(bob, "")).isEmpty();
    assertThat(store.named(id.substring(0, 8), bob)).isEmpty();
    assertThat(found("engine")).hasSize(1);
    assertThat(store.named(id.substring(0, 8), reader())).containsExactly(new Named(id, anna.id()));
  }

  @Test
  void what_is_forgotten_is_gone_with_the_words_that_only_it_had() {
    String secret = remember("the password is xyzzy");
    remember("the password is not told");
    assertThat(words()).containsEntry("xyzzy", 1).containsEntry("password", 2);

    assertThat(store.delete(mesh.id(), secret)).isTrue();
    assertThat(store.delete(mesh.id(), secret)).isFalse();
    assertThat(words()).doesNotContainKey("xyzzy").containsEntry("password", 1);
    assertThat(found("password")).containsExactly("the password is not told");
    assertThat(store.count(mesh.id())).isEqualTo(1);
  }

  @Test
  void another_meshs_memory_cannot_be_named_or_removed() {
    String id = remember("mine");
    Member stranger = member(MeshFixture.create(database.database()).member("Sven"));

    assertThat(store.named(id, stranger)).isEmpty();
    assertThat(store.delete(stranger.meshId(), id)).isFalse();
    assertThat(found("mine")).hasSize(1);
  }

  @Test
  void a_full_mesh_remembers_nothing_more_until_something_is_forgotten() {
    String first = remember("one");
    assertThat(store.insert(memory(reader(), "two"), 1)).isFalse();
    assertThat(words()).doesNotContainKey("two");
    store.delete(mesh.id(), first);
    assertThat(store.insert(memory(reader(), "two"), 1)).isTrue();
  }

  @Test
  void many_who_remember_and_forget_at_once_leave_the_words_counted_right() throws Exception {
    try (Database wide = Team.wide(database);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      MemoryStore racing = new MemoryStore(wide);
      List<Callable<Boolean>> tasks =
          IntStream.range(0, 60)
              .<Callable<Boolean>>mapToObj(i ->
                  () -> {
                    NewMemory memory = memory(reader(), "same words number" + i);
                    return racing.insert(memory, MANY)
                        && (i % 3 == 0 || racing.delete(mesh.id(), memory.id()));
                  })
              .toList();
      for (Future<Boolean> outcome : threads.invokeAll(tasks)) {
        assertThat(outcome.get()).isTrue();
      }
    }

    assertThat(store.count(mesh.id())).isEqualTo(20);
    assertThat(words()).containsEntry("same", 20).containsEntry("words", 20).hasSize(22);
    assertThat(found("words")).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void memories_of_a_mesh_that_changed_its_language_are_indexed_anew_batch_by_batch() {
    IntStream.range(0, 5).forEach(i -> remember("Die Häuser " + i));
    assertThat(found("haus")).isEmpty();
    database
        .database()
        .dsl()
        .update(MESH)
        .set(MESH.LANGUAGE, "german")
        .where(MESH.ID.eq(mesh.id()))
        .execute();

    store.noticeLanguages();
    assertThat(store.reindex(3)).isTrue();
    assertThat(found("haus")).hasSize(3);
    assertThat(store.reindex(3)).isTrue();
    assertThat(found("haus")).hasSize(5);
    assertThat(store.reindex(3)).isFalse();
    remember("Ein Haus");
    assertThat(found("häusern")).hasSize(6);
  }

  @Test
  void a_search_that_runs_for_too_long_is_cut_off() {
    RecallStore hasty = new RecallStore(database.database(), Duration.ofMillis(1), 100_000);
    IntStream.range(0, 40).forEach(i -> remember("word ".repeat(3_000) + i));

    assertThatThrownBy(
            () -> IntStream.range(0, 50).forEach(i -> found(hasty, request("word", List.of(), ""))))
        .isInstanceOf(DatabaseBusyException.class);
  }

  @Test
  void no_more_is_read_than_fits_into_an_answer() {
    IntStream.range(0, 5).forEach(i -> remember("engine " + i));
    RecallStore small = new RecallStore(database.database(), Duration.ofSeconds(20), 16);

    assertThat(found(small, request("engine", List.of(), ""))).hasSize(3).startsWith("engine 4");
    assertThat(found(small, request("", List.of(), ""))).hasSize(3).startsWith("engine 4");
  }

  @Test
  void memories_on_all_shelves_are_found_wherever_they_stand() {
    remember("first rare");
    skipTo(5L * Shelves.SIZE);
    remember("second rare");
    skipTo(40L * Shelves.SIZE);
    IntStream.range(0, 30).forEach(i -> remember("common " + i));

    assertThat(found("rare")).containsExactly("second rare", "first rare");
    assertThat(found("common")).hasSize(30).startsWith("common 29");
  }

  @Test
  void the_table_puts_memories_on_the_shelf_on_which_the_rules_look_for_them() {
    remember("zero");
    skipTo(3L * Shelves.SIZE - 2);
    IntStream.range(0, 3).forEach(i -> remember("at the border " + i));

    Filter all = new Filter(Optional.empty(), List.of(), List.of(), reader());
    List<String> shelves = Shelves.first(mesh.id(), 3L * Shelves.SIZE + 1);
    assertThat(shelves).hasSize(4);
    assertThat(
            shelves.stream()
                .map(
                    shelf -> recalls.search(search -> search.find(all, List.of(shelf), 10)).seen()))
        .containsExactly(2, 1, 0, 1);
    assertThat(recalls.search(search -> search.find(all, List.of(mesh.id()), 10)).seen())
        .isEqualTo(4);
  }

  private void skipTo(long number) {
    database
        .database()
        .dsl()
        .execute(
            "update mesh.memory_count set last_number = {0} where mesh_id = {1}",
            org.jooq.impl.DSL.val(number), org.jooq.impl.DSL.val(mesh.id()));
  }

  private Map<String, Integer> words() {
    return database
        .database()
        .dsl()
        .selectFrom(MEMORY_WORD)
        .where(MEMORY_WORD.MESH_ID.eq(mesh.id()))
        .fetchMap(MEMORY_WORD.WORD, MEMORY_WORD.MEMORIES);
  }

  private void withhold(MeshFixture.Somebody from, Member to) {
    database
        .database()
        .dsl()
        .execute(
            "update mesh.member set peer_grants = jsonb_build_object({0}, '[\"dm\"]'::jsonb) where id = {1}",
            org.jooq.impl.DSL.val(to.key().hex()), org.jooq.impl.DSL.val(from.id()));
  }

  @Test
  void forgetting_waits_for_others_who_change_memories_before_it_holds_any() throws Exception {
    String id = remember("one");
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<Boolean> forgotten =
          database
              .database()
              .transaction(dsl -> {
                dsl.execute(
                    "select 1 from mesh.memory_count where mesh_id = {0} for update",
                    DSL.val(mesh.id()));
                Future<Boolean> waits = other.submit(() -> store.delete(mesh.id(), id));
                while (dsl.fetchSingle("select count(*) from pg_locks where not granted")
                        .get(0, Integer.class)
                    == 0) {
                  Thread.onSpinWait();
                }
                dsl.execute(
                    "update mesh.memory set words = words where mesh_id = {0}", DSL.val(mesh.id()));
                return waits;
              });
      assertThat(forgotten.get()).isTrue();
    }
    assertThat(store.delete(mesh.id(), id)).isFalse();
  }

  private String remember(String content, String... tags) {
    return remember(reader(), content, tags);
  }

  private String remember(Member by, String content, String... tags) {
    NewMemory memory = memory(by, content, tags);
    assertThat(store.insert(memory, MANY)).isTrue();
    return memory.id();
  }

  private static NewMemory memory(Member by, String content, String... tags) {
    return new NewMemory(Ids.next(), by.meshId(), content, List.of(tags), by.id(), NOW);
  }

  private Member reader() {
    return member(anna);
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

  /// What to look for.
  ///
  /// @param author id of a member; empty for anybody
  private record Wanted(String words, List<String> tags, String author) {}

  private static Wanted request(String words, List<String> tags, String author) {
    return new Wanted(words, tags, author);
  }

  private List<String> found(String words) {
    return found(reader(), words);
  }

  private List<String> found(Member reader, String words) {
    return found(recalls, reader, request(words, List.of(), ""));
  }

  private List<String> found(Wanted wanted) {
    return found(recalls, reader(), wanted);
  }

  private List<String> found(RecallStore recalls, Wanted wanted) {
    return found(recalls, reader(), wanted);
  }

  private static List<String> found(RecallStore recalls, Member reader, Wanted wanted) {
    MemoryRequest.Recall request =
        new MemoryRequest.Recall(
            wanted.words, Optional.of(wanted.tags), Optional.empty(), Optional.empty());
    List<String> authors = wanted.author.isEmpty() ? List.of() : List.of(wanted.author);
    return recalls.search(search ->
        new Recall(search, reader, request, authors, 100)
            .memories().stream().map(Memory::content).toList());
  }
}
