package dev.claudemesh;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.claudemesh.protocol.Catalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// The house plan as a test: who may know whom, how long a file may be, and what no file may hold.
class HouseRulesTest {
  private static final int MAX_LINES = 400;
  private static final int MAX_METHOD_LINES = 60;

  private static final List<String> ROOMS =
      List.of(
          "connection",
          "messaging",
          "presence",
          "groups",
          "meshes",
          "invites",
          "accounts",
          "members",
          "audit",
          "contexts",
          "memory",
          "state",
          "services",
          "streams",
          "skills",
          "tasks",
          "sql",
          "claims",
          "schedule",
          "clock",
          "approvals");

  /// Rooms of what a team shares.
  private static final List<String> SHARED =
      ROOMS.subList(ROOMS.indexOf("members") + 1, ROOMS.size());

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  /// Tests of other modules are on the class path too, as folders or as jars.
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(
              place -> !place.contains("/test-classes/") && !place.contains("-tests.jar"))
          .importPackages("dev.claudemesh");

  @Test
  void rooms_do_not_import_rooms() {
    for (String room : ROOMS) {
      String[] others =
          ROOMS.stream()
              .filter(other -> !other.equals(room))
              .map(other -> "dev.claudemesh.broker." + other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("dev.claudemesh.broker." + room + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .because("rooms tell others by the bus and ask through an interface of their own")
          .check(MAIN);
    }
  }

  @Test
  void only_the_handler_of_a_room_and_what_it_asks_for_is_public() {
    classes()
        .that(areInARoom())
        .and()
        .areTopLevelClasses()
        .and()
        .arePublic()
        .should()
        .haveSimpleNameEndingWith("Handler")
        .orShould()
        .beInterfaces()
        .orShould()
        .haveModifier(JavaModifier.FINAL)
        .andShould()
        .haveSimpleNameNotContaining("Util")
        .check(MAIN);
  }

  @Test
  void libraries_stay_in_their_place() {
    only("io.netty..", "dev.claudemesh.broker.net..");
    only("picocli..", "dev.claudemesh.cli..");
    only("org.jline..", "dev.claudemesh.cli.flow..");
    only("com.goterl..", "dev.claudemesh.protocol.crypto..");
    only("com.sun.jna..", "dev.claudemesh.protocol.crypto..");
    only("io.modelcontextprotocol..", "dev.claudemesh.mcp..");
    only("jakarta.mail..", "dev.claudemesh.broker.mail..");
    only("org.eclipse.angus..", "dev.claudemesh.broker.mail..");
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.claudemesh.db..")
        .and(DescribedPredicate.not(belongToAStore()))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jooq..", "dev.claudemesh.db.jooq..")
        .because("SQL stands in stores")
        .check(MAIN);
  }

  @Test
  void modules_depend_downwards_only() {
    noClasses()
        .that()
        .resideInAPackage("dev.claudemesh.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.claudemesh.db..",
            "dev.claudemesh.broker..",
            "dev.claudemesh.mcp..",
            "dev.claudemesh.cli..")
        .check(MAIN);
    noClasses()
        .that()
        .resideInAnyPackage("dev.claudemesh.mcp..", "dev.claudemesh.db..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.claudemesh.broker..")
        .because("only the command starts the broker")
        .check(MAIN);
  }

  @Test
  void nothing_is_named_for_what_it_is_not() {
    for (String word : List.of("Util", "Utils", "Helper", "Manager", "Impl")) {
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.claudemesh.db.jooq..")
          .should()
          .haveSimpleNameEndingWith(word)
          .check(MAIN);
    }
  }

  @Test
  void main_files_and_methods_are_short() {
    List<String> found = new ArrayList<>();
    forEachSource(
        Sources.main(),
        (file, text) -> {
          long lines = text.lines().count();
          if (lines > MAX_LINES) {
            found.add(file + " has " + lines + " lines; the limit is " + MAX_LINES);
          }
          found.addAll(longMethods(file, text));
        });
    assertThat(found).isEmpty();
  }

  @Test
  void no_source_holds_unfinished_work_or_a_private_place() {
    Pattern unfinished =
        Pattern.compile(
            "\\b(TODO|FIXME|XXX)\\b|throw new UnsupportedOperationException|not (yet"
                + " )?implemented|/work/|\\.\\./shared");
    List<String> found = new ArrayList<>();
    forEachSource(
        Sources.all(),
        (file, text) -> {
          Matcher matcher = unfinished.matcher(text);
          if (!file.toString().endsWith("HouseRulesTest.java") && matcher.find()) {
            found.add(file + ": " + matcher.group());
          }
        });
    assertThat(found).isEmpty();
  }

  @Test
  void colours_and_other_codes_of_terminals_stand_in_one_room() {
    List<String> found = new ArrayList<>();
    forEachSource(
        Sources.main(),
        (file, text) -> {
          boolean ours = file.getParent().endsWith("cli/terminal");
          if (!ours && text.matches("(?s).*(\\\\u001b\\[[0-9?]*[hlmHJK]|\\\\033\\[).*")) {
            found.add(file.toString());
          }
        });
    assertThat(found).isEmpty();
  }

  @Test
  void tests_neither_sleep_nor_mock_nor_are_switched_off() {
    Pattern banned =
        Pattern.compile("Thread\\.sleep|Mockito|@Disabled(?![A-Z])|assertTrue\\(true\\)");
    List<String> found = new ArrayList<>();
    forEachSource(
        Sources.test(),
        (file, text) -> {
          Matcher matcher = banned.matcher(text);
          if (!file.toString().endsWith("HouseRulesTest.java") && matcher.find()) {
            found.add(file + ": " + matcher.group());
          }
        });
    assertThat(found).isEmpty();
  }

  @Test
  void sql_never_asks_the_database_for_the_time() {
    Pattern clock =
        Pattern.compile(
            "(?i)(?<![.\\w])now\\(\\)|current_timestamp|currentTimestamp\\(|currentOffsetDateTime\\(");
    List<String> found = new ArrayList<>();
    forEachSource(
        Sources.main(),
        (file, text) -> {
          boolean store = file.getFileName().toString().endsWith("Store.java");
          if (store && clock.matcher(text).find()) {
            found.add(file.toString());
          }
        });
    try (Stream<Path> migrations =
        Files.walk(Sources.root().resolve("db/src/main/resources/db/migration"))) {
      migrations
          .filter(file -> file.toString().endsWith(".sql"))
          .filter(file -> clock.matcher(Sources.read(file).replaceAll("(?m)--.*$", "")).find())
          .forEach(file -> found.add(file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(found).isEmpty();
  }

  @Test
  void every_room_has_a_handler_rules_and_a_store() {
    List<String> missing =
        ROOMS.stream()
            .flatMap(room ->
                Stream.of("Handler", "Rules", "Store")
                    .filter(part ->
                        files("broker/src/main/java/dev/claudemesh/broker/" + room).stream()
                            .noneMatch(name -> name.endsWith(part + ".java")))
                    .map(part -> room + " has no " + part))
            .toList();
    assertThat(missing).isEmpty();
  }

  @Test
  void what_a_team_shares_is_tested_as_rules_on_a_database_and_over_a_socket() {
    List<String> missing = new ArrayList<>();
    for (String room : SHARED) {
      String word =
          files("broker/src/main/java/dev/claudemesh/broker/" + room).stream()
              .filter(name -> name.endsWith("Handler.java"))
              .findFirst()
              .orElseThrow()
              .replace("Handler.java", "");
      List<String> tests = files("broker/src/test/java/dev/claudemesh/broker/" + room);
      Stream.of("RulesTest", "StoreTest", "WireTest")
          .map(kind -> word + kind + ".java")
          .filter(test -> !tests.contains(test))
          .forEach(test -> missing.add(room + "/" + test));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void every_name_on_the_wire_of_what_a_team_shares_is_tried_over_a_socket() {
    String tests =
        Sources.test().stream()
            .filter(file -> file.toString().endsWith("WireTest.java"))
            .map(Sources::read)
            .collect(Collectors.joining("\n"));
    List<String> untried =
        Stream.concat(
                Catalog.operations().stream()
                    .filter(op -> SHARED.contains(op.room()))
                    .map(Catalog.Op::type),
                Catalog.frames().entrySet().stream()
                    .filter(frame ->
                        SHARED.contains(
                            frame.getValue().getPackageName().replaceFirst(".*\\.", "")))
                    .map(Map.Entry::getKey))
            .filter(
                type -> !Pattern.compile("(?<![a-z_])" + type + "(?![a-z_])").matcher(tests).find())
            .toList();
    assertThat(untried).isEmpty();
  }

  private static List<String> files(String folder) {
    try (Stream<Path> files = Files.list(Sources.root().resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void every_room_tells_what_it_is() {
    List<String> missing =
        ROOMS.stream()
            .flatMap(room ->
                Stream.of(
                    "protocol/src/main/java/dev/claudemesh/protocol/" + room + "/package-info.java",
                    "broker/src/main/java/dev/claudemesh/broker/" + room + "/package-info.java"))
            .filter(file -> !Files.exists(Sources.root().resolve(file)))
            .toList();
    assertThat(missing).isEmpty();
  }

  private static void only(String library, String... places) {
    noClasses()
        .that()
        .resideOutsideOfPackages(places)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(MAIN);
  }

  private static DescribedPredicate<JavaClass> areInARoom() {
    return DescribedPredicate.describe(
        "are in a room",
        type ->
            ROOMS.stream()
                .anyMatch(room -> type.getPackageName().equals("dev.claudemesh.broker." + room)));
  }

  private static DescribedPredicate<JavaClass> belongToAStore() {
    return DescribedPredicate.describe(
        "belong to a store", type -> type.getName().replaceAll("\\$.*", "").endsWith("Store"));
  }

  private interface SourceCheck {
    void accept(Path file, String text);
  }

  private static void forEachSource(List<Path> files, SourceCheck check) {
    assertThat(files).isNotEmpty();
    files.forEach(file -> check.accept(Sources.root().relativize(file), Sources.read(file)));
  }

  /// Measured on the compiler's own syntax tree.
  private static List<String> longMethods(Path file, String text) {
    List<String> found = new ArrayList<>();
    JavacTask task =
        (JavacTask) COMPILER.getTask(null, null, null, null, null, List.of(source(text)));
    try {
      for (CompilationUnitTree unit : task.parse()) {
        new TreeScanner<Void, Void>() {
          @Override
          public Void visitMethod(MethodTree method, Void nothing) {
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
            if (last - first + 1 > MAX_METHOD_LINES) {
              found.add(
                  file
                      + ":"
                      + first
                      + " "
                      + method.getName()
                      + " has "
                      + (last - first + 1)
                      + " lines");
            }
            return super.visitMethod(method, nothing);
          }
        }.scan(unit, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static JavaFileObject source(String text) {
    return new SimpleJavaFileObject(
        URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
