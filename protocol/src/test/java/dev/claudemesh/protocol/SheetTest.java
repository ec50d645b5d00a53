package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.sql.SqlReply;
import dev.claudemesh.protocol.state.StateReply;
import dev.claudemesh.protocol.streams.StreamReply;
import dev.claudemesh.protocol.tasks.TaskPriority;
import dev.claudemesh.protocol.tasks.TaskReply;
import dev.claudemesh.protocol.tasks.TaskStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class SheetTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String KEY = "a".repeat(64);

  @Test
  void a_list_is_rows_under_the_headings_that_any_row_fills() {
    Sheet sheet =
        Sheet.of(
            new StateReply.Entries(
                List.of(entry("a", Optional.of(KEY)), entry("b", Optional.empty())),
                Optional.of("b")));

    assertThat(sheet.headings())
        .as("nothing is private, no entry has a version, and whose key it is is an aside")
        .containsExactly("key", "value", "updatedBy", "updatedAt");
    assertThat(sheet.rows()).hasSize(2).allSatisfy(row -> assertThat(row).hasSize(4));
    assertThat(sheet.rows().getFirst().get(3).moment()).contains(NOON);
    assertThat(sheet.facts()).containsOnlyKeys("next");
    assertThat(sheet.listing()).contains("entries");
  }

  @Test
  void an_id_is_known_as_one_wherever_it_stands() {
    Sheet sheet = Sheet.of(new StreamReply.Created("0123456789abcdefABCDEF0123456789", "builds"));

    assertThat(sheet.facts().get("id").id()).isTrue();
    assertThat(sheet.facts().get("name").id()).isFalse();
  }

  @Test
  void an_empty_list_still_says_what_it_is_a_list_of() {
    Sheet sheet = Sheet.of(new StateReply.Entries(List.of(), Optional.empty()));

    assertThat(sheet.listing()).contains("entries");
    assertThat(sheet.rows()).isEmpty();
  }

  @Test
  void a_single_thing_is_facts_and_what_is_absent_is_left_out() {
    Sheet sheet = Sheet.of(new StateReply.Stored("k", 7));

    assertThat(sheet.facts()).containsOnlyKeys("key", "version");
    assertThat(sheet.facts().get("version").text()).isEqualTo("7");
    assertThat(Sheet.of(MessageReply.Ack.done()).listing()).isEmpty();
  }

  @Test
  void who_changed_one_task_is_shown_that_one_and_no_keys() {
    TaskReply.Tasks board =
        new TaskReply.Tasks(List.of(task("t1"), task("t2")), Optional.of("t2"), Optional.of(true));
    Sheet sheet = Sheet.of(board);

    assertThat(sheet.facts()).isEmpty();
    assertThat(sheet.headings())
        .containsExactly("id", "title", "status", "priority", "createdBy", "createdAt");
    assertThat(sheet.rows()).hasSize(1);
    assertThat(sheet.rows().getFirst().getFirst().text()).isEqualTo("t2");
    assertThat(Sheet.of(new TaskReply.Tasks(board.tasks(), Optional.empty(), board.more())).rows())
        .hasSize(2);
  }

  private static TaskReply.Task task(String id) {
    return new TaskReply.Task(
        id,
        "Repair",
        Optional.empty(),
        Optional.empty(),
        TaskStatus.OPEN,
        TaskPriority.NORMAL,
        "Ada",
        List.of(),
        NOON,
        Optional.empty(),
        Optional.empty(),
        Optional.of(KEY),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void rows_of_sql_stand_under_their_own_columns_and_a_change_is_a_number() {
    Sheet found =
        Sheet.of(
            new SqlReply.Result(
                List.of("id", "v"),
                List.of(
                    JsonNodeFactory.instance.objectNode().put("id", 1).put("v", KEY),
                    JsonNodeFactory.instance.objectNode().put("id", 2).putNull("v")),
                2,
                Optional.of(List.of("int4", "text")),
                Optional.of(true)));
    assertThat(found.headings()).containsExactly("id", "v");
    assertThat(found.rows())
        .map(row -> row.stream().map(Sheet.Cell::text).toList())
        .containsExactly(List.of("1", KEY), List.of("2", ""));
    assertThat(found.facts()).containsOnlyKeys("truncated");

    Sheet changed =
        Sheet.of(new SqlReply.Result(List.of(), List.of(), 3, Optional.empty(), Optional.empty()));
    assertThat(changed.facts().get("rowCount").text()).isEqualTo("3");
    assertThat(changed.listing()).isEmpty();

    Sheet tables =
        Sheet.of(
            new SqlReply.SchemaResult(
                List.of(
                    new SqlReply.Table("bare", List.of()),
                    new SqlReply.Table("t", List.of(new SqlReply.Column("id", "int", false)))),
                Optional.empty()));
    assertThat(tables.rows())
        .map(row -> row.stream().map(Sheet.Cell::text).toList())
        .containsExactly(List.of("bare", "", "", ""), List.of("t", "id", "int", "not null"));
  }

  private static StateReply.Entry entry(String key, Optional<String> pubkey) {
    return new StateReply.Entry(
        key,
        JsonNodeFactory.instance.objectNode().put("n", 1),
        "Ada",
        NOON,
        Optional.empty(),
        pubkey,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
