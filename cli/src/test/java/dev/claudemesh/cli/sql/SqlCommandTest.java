package dev.claudemesh.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SqlCommandTest {
  private static TestBroker broker;

  @TempDir Path temp;
  private Shell ana;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void aMesh() {
    ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl()).at(broker.clock());
    ana.ok("create", "sql");
  }

  @Test
  void tables_are_made_filled_listed_and_read() {
    assertThat(ana.ok("sql", "--schema").out()).contains("No tables.");
    assertThat(ana.ok("sql", "-w", "create table bug (id int, title text)").out())
        .contains("Done; 0 rows");
    assertThat(ana.ok("sql", "-w", "insert into bug values (1, 'loose bolt')").out())
        .contains("Done; 1 row");

    assertThat(ana.ok("sql", "select * from bug").out().lines())
        .satisfiesExactly(
            heading -> assertThat(heading).matches("id +title"),
            row -> assertThat(row).matches("1 +loose bolt"));
    assertThat(ana.ok("sql", "--schema").out()).contains("bug", "title", "text", "integer");
    assertThat(ana.ok("sql", "select * from bug where false").out()).contains("No rows.");
  }

  @Test
  void a_statement_comes_through_a_pipe_with_or_without_the_dash() {
    assertThat(ana.piped("select 40 +\n 2 as answer\n").ok("sql").out()).contains("42");
    assertThat(ana.piped("create table a ();\ncreate table b ()\n").ok("sql", "--write", "-").out())
        .contains("Done");
    assertThat(ana.ok("sql", "--schema").out()).contains("a", "b");
    assertThat(ana.piped(" \n").run("sql", "-").exit()).isEqualTo(3);
  }

  @Test
  void for_programs_there_is_json_with_types_and_a_result_that_was_cut_says_so() {
    JsonNode all = ana.ok("sql", "select 1 as n, null as t", "--json").json();
    assertThat(all.path("rows").toString()).isEqualTo("[{\"n\":1,\"t\":null}]");
    assertThat(all.path("columnTypes").toString()).isEqualTo("[\"int4\",\"text\"]");

    Shell.Ran cut = ana.ok("sql", "select generate_series(1, 9)", "--limit", "2");
    assertThat(cut.out().lines()).hasSize(3);
    assertThat(cut.err()).contains("There is more");
  }

  @Test
  void a_change_without_write_and_a_mistake_end_with_postgresqls_own_words() {
    ana.ok("sql", "-w", "create table kept (i int)");
    Shell.Ran drop = ana.run("sql", "drop table kept");
    assertThat(drop.exit()).isEqualTo(3);
    assertThat(ana.ok("sql", "--schema").out()).contains("kept");
    Shell.Ran typo = ana.run("sql", "select * from kep", "--json");
    assertThat(typo.err()).contains("relation \"kep\" does not exist");
    assertThat(typo.json().path("error").path("details").path("sqlstate").asString())
        .isEqualTo("42P01");
  }

  @Test
  void what_others_wrote_cannot_reach_the_terminal() {
    ana.ok("sql", "-w", "create table t (\"\u001b[31mred\" text)");
    ana.ok("sql", "-w", "insert into t values (E'\\x1b[2Jcleared')");
    assertThat(ana.ok("sql", "select * from t").out()).doesNotContain("\u001b");
    assertThat(ana.ok("sql", "--schema").out()).doesNotContain("\u001b");
  }
}
