package dev.claudemesh.db;

import static dev.claudemesh.db.jooq.Tables.MESH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

class FixedQueryTest {
  private static final Field<String> WORD = DSL.param("word", String.class);

  @Test
  void a_parameter_stands_wherever_it_is_used_and_a_cast_is_none() {
    Field<String> twice = DSL.concat(WORD, DSL.inline("+"), WORD).as("twice");
    Field<Integer> number = DSL.field("'7'::int4", SQLDataType.INTEGER).as("number");
    FixedQuery query = FixedQuery.of(DSL.using(SQLDialect.POSTGRES).select(twice, number));
    try (TestDatabase database = TestDatabase.create()) {
      var row = query.first(database.database().dsl(), Map.of("word", "a'b")).orElseThrow();
      assertEquals("a'b+a'b", row.get(twice));
      assertEquals(7, row.get(number));
    }
  }

  @Test
  void no_row_is_no_answer() {
    FixedQuery query =
        FixedQuery.of(
            DSL.using(SQLDialect.POSTGRES).select(MESH.ID).from(MESH).where(MESH.ID.eq(WORD)));
    try (TestDatabase database = TestDatabase.create()) {
      assertEquals(
          Optional.empty(), query.first(database.database().dsl(), Map.of("word", "nobody")));
    }
  }

  @Test
  void a_value_without_a_name_is_refused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            FixedQuery.of(
                DSL.using(SQLDialect.POSTGRES).select(MESH.ID).from(MESH).where(MESH.ID.eq("x"))));
  }
}
