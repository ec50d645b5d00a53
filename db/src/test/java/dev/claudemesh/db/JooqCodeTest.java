package dev.claudemesh.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The jOOQ classes are committed, so a build needs no database. After a new migration: `./mvnw -pl
/// db -am test -Dtest=JooqCodeTest -Dupdate=true -Dsurefire.failIfNoSpecifiedTests=false`.
class JooqCodeTest {

  private static final String PACKAGE_FOLDER = JooqGenerator.PACKAGE.replace('.', '/');

  @Test
  void the_committed_jooq_classes_are_what_the_migrations_make() throws Exception {
    Path module = Path.of(System.getProperty("claudemesh.root"), "db");
    Path committed = module.resolve("src/main/java");
    Path generated = module.resolve("target/jooq");
    Path destination = Boolean.getBoolean("update") ? committed : generated;
    try (TestDatabase database = TestDatabase.create()) {
      database
          .database()
          .dsl()
          .connection(connection -> JooqGenerator.generate(connection, destination));
    }
    if (destination.equals(generated)) {
      assertThat(sources(committed))
          .as("run JooqCodeTest once with -Dupdate=true and commit the result")
          .isEqualTo(sources(generated));
    }
  }

  private static Map<String, String> sources(Path root) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (var files = Files.walk(root.resolve(PACKAGE_FOLDER))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return texts;
  }
}
