package dev.claudemesh.broker.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.db.SqlDatabase.Column;
import dev.claudemesh.db.SqlDatabase.Rows;
import dev.claudemesh.db.SqlDatabase.TableColumn;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.sql.SqlReply;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SqlRulesTest {

  @Test
  void a_row_is_an_object_by_column_in_the_order_of_the_query() {
    SqlReply.Result result =
        SqlRules.result(
            new Rows(
                List.of(new Column("b", "int4"), new Column("a", "text"), new Column("b", "int4")),
                List.of("{\"b\":1,\"a\":\"x\",\"b\":2}", "{\"b\":null,\"a\":null,\"b\":null}"),
                false));

    assertThat(result.columns()).containsExactly("b", "a", "b_2");
    assertThat(result.rows())
        .map(Object::toString)
        .containsExactly("{\"b\":1,\"a\":\"x\",\"b_2\":2}", "{\"b\":null,\"a\":null,\"b_2\":null}");
    assertThat(result.columnTypes()).contains(List.of("int4", "text", "int4"));
    assertThat(result.rowCount()).isEqualTo(2);
    assertThat(result.truncated()).isEmpty();
  }

  @Test
  void names_become_distinct_and_those_that_were_stay_as_they_are() {
    assertThat(SqlRules.distinct(List.of("id", "id", "id_2", "id")))
        .containsExactly("id", "id_3", "id_2", "id_4");
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int run = 0; run < 2_000; run++) {
      List<String> names =
          IntStream.range(0, random.nextInt(8))
              .mapToObj(i -> List.of("a", "a_2", "a_3", "b", "").get(random.nextInt(5)))
              .toList();
      List<String> distinct = SqlRules.distinct(names);
      assertThat(distinct).as("seed %d", seed).hasSameSizeAs(names).doesNotHaveDuplicates();
      HashSet<String> first = new HashSet<>();
      for (int i = 0; i < names.size(); i++) {
        if (first.add(names.get(i))) {
          assertThat(distinct.get(i)).as("seed %d", seed).isEqualTo(names.get(i));
        }
      }
    }
  }

  @Test
  void numbers_that_would_be_rounded_are_texts_and_others_are_numbers() {
    assertThat(value("9007199254740992")).isEqualTo("9007199254740992");
    assertThat(value("9007199254740993")).isEqualTo("\"9007199254740993\"");
    assertThat(value("-9223372036854775808")).isEqualTo("\"-9223372036854775808\"");
    assertThat(value("123456789012345678901234567890"))
        .isEqualTo("\"123456789012345678901234567890\"");
    assertThat(value("12345678.90")).isEqualTo("12345678.90");
    assertThat(value("0.1234567890123456789")).isEqualTo("\"0.1234567890123456789\"");
    assertThat(value("{\"n\":[1,{\"m\":null}]}")).isEqualTo("{\"n\":[1,{\"m\":null}]}");
  }

  @Test
  void a_number_of_any_exponent_takes_no_more_room_than_it_is_written_with() {
    assertThat(value("1234567890123456e60000000")).isEqualTo("\"1.234567890123456E+60000015\"");
    assertThat(value("1234567890123456e-60000000")).isEqualTo("\"1.234567890123456E-59999985\"");
    assertThat(value("1e400")).isEqualTo("\"1E+400\"");
    assertThat(value("1e-400")).isEqualTo("\"1E-400\"");
    assertThat(value("-1e999999999")).isEqualTo("\"-1E+999999999\"");
    assertThat(value("1e20")).isEqualTo("1E+20");
    assertThat(value("0e-400")).isEqualTo("0E-400");
    assertThat(value("1234567890123456e20")).isEqualTo("\"123456789012345600000000000000000000\"");
    assertThat(value("[1234567890123456e60000000]")).hasSizeLessThan(40);
  }

  @Test
  void a_value_that_no_frame_may_carry_is_refused_with_what_to_do() {
    String deep = "[".repeat(100) + "]".repeat(100);
    assertThatThrownBy(() -> value(deep))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.QUERY_ERROR);
              assertThat(problem).hasMessageContaining("cast it to text");
            });
  }

  @Test
  void tables_keep_the_order_of_their_columns_and_a_cut_one_is_left_out() {
    List<TableColumn> columns =
        List.of(
            new TableColumn("a", Optional.of("x"), "integer", false),
            new TableColumn("a", Optional.of("w"), "text", true),
            new TableColumn("b", Optional.empty(), "", true),
            new TableColumn("c", Optional.of("y"), "text", true));

    SqlReply.SchemaResult all = SqlRules.schema(columns, 4);
    assertThat(all.tables()).map(SqlReply.Table::name).containsExactly("a", "b", "c");
    assertThat(all.tables().getFirst().columns())
        .containsExactly(
            new SqlReply.Column("x", "integer", false), new SqlReply.Column("w", "text", true));
    assertThat(all.tables().get(1).columns()).isEmpty();
    assertThat(all.truncated()).isEmpty();

    SqlReply.SchemaResult cut = SqlRules.schema(columns, 3);
    assertThat(cut.tables()).map(SqlReply.Table::name).containsExactly("a", "b");
    assertThat(cut.truncated()).contains(true);
  }

  private static String value(String json) {
    return SqlRules.result(
            new Rows(List.of(new Column("v", "x")), List.of("{\"v\":" + json + "}"), false))
        .rows()
        .getFirst()
        .path("v")
        .toString();
  }
}
