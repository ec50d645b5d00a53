package dev.claudemesh.broker.tasks;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.kernel.LimitsConfig.Work;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class TaskWireTest {
  private static TestBroker broker;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void a_task_is_put_up_claimed_done_and_listed_as_old_clients_know_it() {
    TestMember ada = broker.mesh("tasks").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      ObjectNode created =
          a.ask(json("{'type':'create_task','title':'Repair','priority':'high','tags':['ui']}"));
      assertThat(created.path("type").asString()).isEqualTo("task_created");
      String id = created.path("id").asString();

      JsonNode open = b.ask(object("list_tasks")).path("tasks").path(0);
      assertThat(open.path("assignee").isNull()).isTrue();
      assertThat(open.path("claimedBy").isNull()).isTrue();
      assertThat(open.path("priority").asString()).isEqualTo("high");
      assertThat(open.path("createdBy").asString()).isEqualTo("owner");
      assertThat(open.path("tags").path(0).asString()).isEqualTo("ui");
      assertThat(open.path("createdAt").isString()).isTrue();

      ObjectNode claimed = b.ask(object("claim_task").put("taskId", id));
      assertThat(claimed.path("type").asString()).isEqualTo("task_list");
      assertThat(claimed.path("tasks").path(0).path("claimedBy").asString()).isEqualTo("bob");
      assertThat(claimed.path("tasks").path(0).path("claimedByKey").asString())
          .isEqualTo(bob.pubkey());

      ObjectNode done = b.ask(object("complete_task").put("taskId", id).put("result", "runs"));
      assertThat(done.path("tasks").path(0).path("status").asString()).isEqualTo("done");
      assertThat(done.path("tasks").path(0).path("result").asString()).isEqualTo("runs");
      assertThat(
              b.ask(object("complete_task").put("taskId", id).put("result", "runs")).get("tasks"))
          .isEqualTo(done.get("tasks"));
      for (String word : List.of("done", "completed")) {
        assertThat(a.ask(object("list_tasks").put("status", word)).path("tasks")).hasSize(1);
      }
      assertThat(a.ask(object("list_tasks").put("status", "open")).path("tasks")).isEmpty();
    }
  }

  @Test
  void whom_a_task_concerns_is_told_by_a_system_push_and_nobody_else() {
    TestMember ada = broker.mesh("tasks").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    TestMember eve = broker.member(ada, "eve").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket e = broker.connect(eve)) {
      ObjectNode created = a.ask(json("{'type':'create_task','title':'x','assignee':'BOB'}"));
      assertThat(created.path("told").asInt()).isEqualTo(1);
      assertThat(created.path("assigneeKey").asString()).isEqualTo(bob.pubkey());
      JsonNode assigned = news(b, "task_assigned");
      assertThat(assigned.path("title").asString()).isEqualTo("x");
      assertThat(assigned.path("by").asString()).isEqualTo("owner");
      assertThat(assigned.path("id").asString()).isEqualTo(created.path("id").asString());

      String id = created.path("id").asString();
      e.ask(object("claim_task").put("taskId", id));
      assertThat(news(a, "task_claimed").path("by").asString()).isEqualTo("eve");
      assertThat(news(b, "task_claimed").path("byKey").asString()).isEqualTo(eve.pubkey());
      b.ask(object("release_task").put("taskId", id));
      assertThat(news(e, "task_released").path("by").asString()).isEqualTo("bob");
      assertThat(news(a, "task_released").path("by").asString()).isEqualTo("bob");
      b.ask(object("complete_task").put("taskId", id).put("result", "runs"));
      assertThat(news(a, "task_completed").path("result").asString()).isEqualTo("runs");
      assertThat(Stream.of(a, b, e).flatMap(socket -> socket.drain().stream()))
          .noneMatch(frame -> frame.path("event").asString("").startsWith("task_"));
    }
  }

  @Test
  void who_was_away_finds_what_is_theirs_by_asking_for_me() {
    TestMember ada = broker.mesh("tasks").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada)) {
      ObjectNode created = a.ask(json("{'type':'create_task','title':'x','assignee':'bob'}"));
      assertThat(created.path("told").asInt(-1)).isZero();
      ObjectNode unknown =
          a.ask(json("{'type':'create_task','title':'y','assignee':'whoever is free'}"));
      assertThat(unknown.has("told")).isFalse();
      a.ask(json("{'type':'create_task','title':'z','assignee':'me'}"));
      try (TestSocket b = broker.connect(bob)) {
        assertThat(titles(b, "me")).containsExactly("x");
      }
      assertThat(titles(a, "me")).containsExactly("z");
      assertThat(titles(a, "WHOEVER is free")).containsExactly("y");
      assertThat(titles(a, bob.pubkey())).containsExactly("x");
    }
  }

  @Test
  void a_task_is_named_by_its_id_or_by_enough_of_its_beginning() {
    TestMember ada = broker.mesh("tasks").withSession();
    try (TestSocket a = broker.connect(ada)) {
      String id = a.ask(json("{'type':'create_task','title':'x'}")).path("id").asString();
      String other = a.ask(json("{'type':'create_task','title':'y'}")).path("id").asString();
      int common =
          IntStream.range(0, id.length())
              .filter(i -> id.charAt(i) != other.charAt(i))
              .findFirst()
              .orElseThrow();
      String unique = id.substring(0, Math.max(8, common + 1));
      assertThat(a.ask(object("claim_task").put("taskId", unique)).path("id").asString())
          .isEqualTo(id);
      assertThat(code(a.ask(object("claim_task").put("taskId", id.substring(0, 7)))))
          .isEqualTo("task_not_found");
      assertThat(code(a.ask(object("complete_task").put("taskId", "no-such-task"))))
          .isEqualTo("task_not_found");
      insert(ada, "abcdefgh1");
      insert(ada, "abcdefgh2");
      assertThat(code(a.ask(object("claim_task").put("taskId", "abcdefgh"))))
          .isEqualTo("ambiguous_prefix");
      assertThat(a.ask(object("claim_task").put("taskId", "abcdefgh2")).path("id").asString())
          .isEqualTo("abcdefgh2");
    }
  }

  @Test
  void what_is_not_ones_own_is_refused_and_what_makes_no_sense_is_named() {
    TestMember ada = broker.mesh("tasks").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    TestMember eve = broker.member(ada, "eve").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket e = broker.connect(eve)) {
      String id = b.ask(json("{'type':'create_task','title':'x'}")).path("id").asString();
      b.ask(object("claim_task").put("taskId", id));
      assertThat(code(e.ask(object("claim_task").put("taskId", id))))
          .isEqualTo("task_not_claimable");
      for (String type : List.of("complete_task", "release_task", "cancel_task")) {
        assertThat(code(e.ask(object(type).put("taskId", id)))).isEqualTo("forbidden");
      }
      assertThat(a.ask(object("cancel_task").put("taskId", id)).path("type").asString())
          .isEqualTo("task_list");
      assertThat(code(b.ask(object("complete_task").put("taskId", id)))).isEqualTo("task_finished");

      ObjectNode urgency = a.ask(json("{'type':'create_task','title':'x','priority':'extreme'}"));
      assertThat(code(urgency)).isEqualTo("invalid_request");
      assertThat(urgency.path("message").asString())
          .contains("priority", "low, normal, high, urgent");
      assertThat(code(a.ask(json("{'type':'create_task','title':'  '}"))))
          .isEqualTo("invalid_request");
      assertThat(code(a.ask(json("{'type':'list_tasks','status':'lost'}"))))
          .isEqualTo("invalid_request");
    }
  }

  @Test
  void the_tasks_of_another_mesh_are_not_there() {
    TestMember ada = broker.mesh("tasks").withSession();
    TestMember eve = broker.mesh("others").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket e = broker.connect(eve)) {
      String id = a.ask(json("{'type':'create_task','title':'x'}")).path("id").asString();
      for (String type : List.of("claim_task", "complete_task", "release_task", "cancel_task")) {
        assertThat(code(e.ask(object(type).put("taskId", id)))).isEqualTo("task_not_found");
      }
      assertThat(code(e.ask(object("list_tasks").put("before", id)))).isEqualTo("task_not_found");
      assertThat(e.ask(object("list_tasks")).path("tasks")).isEmpty();
      JsonNode task = a.ask(object("list_tasks")).path("tasks").path(0);
      assertThat(task.path("status").asString()).isEqualTo("open");
    }
  }

  @Test
  void the_board_shows_a_hundred_at_a_time_and_the_task_a_request_was_about() {
    TestMember ada = broker.mesh("tasks").withSession();
    try (TestSocket a = broker.connect(ada)) {
      String first = a.ask(json("{'type':'create_task','title':'first'}")).path("id").asString();
      for (int i = 0; i < 100; i++) {
        a.ask(object("create_task").put("title", "t" + i));
      }
      ObjectNode page = a.ask(object("list_tasks"));
      assertThat(page.path("tasks")).hasSize(100);
      assertThat(page.path("more").asBoolean()).isTrue();
      String last = page.path("tasks").path(99).path("id").asString();
      ObjectNode rest = a.ask(object("list_tasks").put("before", last));
      assertThat(rest.path("tasks")).hasSize(1);
      assertThat(rest.has("more")).isFalse();
      JsonNode claimed = a.ask(object("claim_task").put("taskId", first)).path("tasks");
      assertThat(claimed).hasSize(101);
      assertThat(claimed.path(100).path("claimedBy").asString()).isEqualTo("owner");
      assertThat(a.ask(object("mesh_info")).path("tasks"))
          .isEqualTo(json("{'claimed':1,'done':0,'open':100}"));
    }
  }

  @Test
  void a_mesh_has_so_many_unfinished_tasks_and_no_more() {
    try (TestBroker own =
        TestBroker.start(
            Map.of(),
            limits -> limits.withWork(new Work(2, 10, 5, 5, Duration.ofMinutes(1), 10, 10)))) {
      TestMember ada = own.mesh("tasks").withSession();
      try (TestSocket a = own.connect(ada)) {
        String id = a.ask(json("{'type':'create_task','title':'x'}")).path("id").asString();
        a.ask(json("{'type':'create_task','title':'y'}"));
        assertThat(code(a.ask(json("{'type':'create_task','title':'z'}")))).isEqualTo("limit");
        a.ask(object("complete_task").put("taskId", id));
        assertThat(a.ask(json("{'type':'create_task','title':'z'}")).path("type").asString())
            .isEqualTo("task_created");
        assertThat(code(a.ask(object("release_task").put("taskId", id)))).isEqualTo("limit");
      }
    }
  }

  @Test
  void who_may_not_write_only_looks() {
    TestMember ada = broker.mesh("tasks").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      ObjectNode change = object("set_permissions").put("member_id", bob.id());
      change.putObject("permissions").put("canWriteState", false);
      a.ask(change);
      String id = a.ask(json("{'type':'create_task','title':'x'}")).path("id").asString();
      assertThat(code(b.ask(object("claim_task").put("taskId", id)))).isEqualTo("forbidden");
      assertThat(b.ask(object("list_tasks")).path("tasks")).hasSize(1);
    }
  }

  @Test
  void what_a_member_hides_from_another_is_not_on_their_board() {
    TestMember ada = broker.mesh("tasks").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      ObjectNode grants = object("set_grants");
      grants.putObject("grants").putArray(bob.pubkey()).add("dm");
      assertThat(a.ask(grants).path("type").asString()).isNotEqualTo("error");
      ObjectNode hidden = a.ask(json("{'type':'create_task','title':'x','assignee':'bob'}"));
      String id = hidden.path("id").asString();
      assertThat(hidden.path("told").asInt(-1)).isZero();
      assertThat(b.ask(object("list_tasks")).path("tasks")).isEmpty();
      assertThat(code(b.ask(object("claim_task").put("taskId", id)))).isEqualTo("task_not_found");
      assertThat(b.ask(object("mesh_info")).path("tasks").path("open").asInt()).isZero();
      assertThat(a.ask(object("mesh_info")).path("tasks").path("open").asInt()).isEqualTo(1);
      assertThat(b.drain()).noneMatch(frame -> frame.path("event").asString("").startsWith("task"));
    }
  }

  @Test
  void news_of_a_task_reach_only_those_whom_its_creator_shows_it() {
    TestMember ada = broker.mesh("tasks").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    TestMember cem = broker.member(ada, "cem").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket c = broker.connect(cem)) {
      b.ask(json("{'type':'set_grants','grants':{'" + cem.pubkey() + "':['dm']}}"));
      String id =
          b.ask(json("{'type':'create_task','title':'x','assignee':'cem'}")).path("id").asString();
      a.ask(object("claim_task").put("taskId", id));
      assertThat(b.next(frame -> frame.path("event").asString("").equals("task_claimed")))
          .isNotNull();
      assertThat(c.drain()).noneMatch(frame -> frame.path("event").asString("").startsWith("task"));
    }
  }

  /// 100 sessions of ten members; `-Drounds=1000` runs the figure.
  @Test
  void of_a_hundred_who_claim_a_task_exactly_one_gets_it() {
    int rounds = Integer.getInteger("rounds", 30);
    TestMember ada = broker.mesh("race").withSession();
    List<TestMember> members =
        IntStream.range(0, 10).mapToObj(i -> broker.member(ada, "m" + i)).toList();
    List<TestSocket> racers =
        IntStream.range(0, 100).mapToObj(i -> broker.connect(members.get(i % 10))).toList();
    long started = System.nanoTime();
    try (TestSocket a = broker.connect(ada)) {
      for (int round = 0; round < rounds; round++) {
        String id = a.ask(object("create_task").put("title", "r" + round)).path("id").asString();
        String reqId = "race" + round;
        racers.forEach(
            racer -> racer.send(object("claim_task").put("taskId", id).put("_reqId", reqId)));
        List<ObjectNode> answers =
            racers.stream()
                .map(racer -> racer.next(frame -> frame.path("_reqId").asString("").equals(reqId)))
                .toList();
        assertThat(answers.stream().map(answer -> answer.path("type").asString()))
            .areExactly(1, is("task_list"));
        assertThat(answers.stream().map(TaskWireTest::code))
            .areExactly(99, is("task_not_claimable"));
      }
      System.out.printf(
          "%d claim races of 100 sessions, one winner each, in %.1f s%n",
          rounds, (System.nanoTime() - started) / 1e9);
    } finally {
      racers.forEach(TestSocket::close);
    }
  }

  private static org.assertj.core.api.Condition<String> is(String text) {
    return new org.assertj.core.api.Condition<>(text::equals, text);
  }

  private static void insert(TestMember creator, String id) {
    broker
        .database()
        .dsl()
        .query(
            "insert into mesh.task (id, mesh_id, title, priority, created_by, created_at)"
                + " values (?, ?, 't', 'normal', ?, '2026-11-21T10:00:00Z')",
            id,
            creator.meshId(),
            creator.id())
        .execute();
  }

  private static List<String> titles(TestSocket socket, String assignee) {
    return socket
        .ask(object("list_tasks").put("assignee", assignee))
        .path("tasks")
        .valueStream()
        .map(task -> task.path("title").asString())
        .toList();
  }

  private static JsonNode news(TestSocket socket, String event) {
    return socket.next(frame -> frame.path("event").asString("").equals(event)).path("eventData");
  }

  private static String code(JsonNode answer) {
    return answer.path("code").asString("");
  }
}
