package dev.claudemesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.Sources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher script against a JDK and a Maven that only say how they were called: what it finds,
/// when it builds, and what it starts.
class LauncherTest {
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir Path temp;
  private final Map<String, String> environment = new TreeMap<>();
  private Path root;
  private Path jdk;

  @BeforeEach
  void aRepositoryInAFolderWithBlanks() throws IOException {
    root = Files.createDirectories(temp.resolve("my projects/mesh"));
    Files.copy(
        Path.of(System.getProperty("claudemesh.root"), "claudemesh"), root.resolve("claudemesh"));
    old(Files.writeString(root.resolve("pom.xml"), "<project/>"));
    old(
        Files.writeString(
            Files.createDirectories(root.resolve("cli/src/main")).resolve("Main.java"),
            "class Main {}"));
    old(root.resolve("cli/src/main"));
    program(
        root.resolve("mvnw"),
        """
        echo "[INFO] Building cli 0.1.0                                   [6/6]"
        echo run >> "$BUILDS"
        sleep "${BUILD_TAKES:-0}"
        [ -z "${BUILD_FAILS:-}" ] || { echo "[ERROR] cannot find symbol"; exit 1; }
        mkdir -p cli/target/dist/lib && echo jar > cli/target/dist/lib/cli.jar
        """);
    jdk = jdk(temp.resolve("jdks/jdk-25"), "25.0.3");
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("HOME", Files.createDirectories(temp.resolve("home")).toString());
    environment.put("BUILDS", temp.resolve("builds").toString());
    environment.put("CLAUDEMESH_JAVA", jdk.toString());
    environment.put("CLAUDEMESH_AOT", "off");
  }

  @Test
  void the_first_start_builds_with_progress_and_the_second_does_not() throws Exception {
    Ran first = run("peers", "--mesh", "a b");
    Ran second = run("peers");

    assertThat(first.exit()).isZero();
    assertThat(first.err()).contains("building from source").contains("built in");
    assertThat(first.lines())
        .containsSubsequence(
            "-cp", lib() + "/claudemesh.jar", "dev.claudemesh.cli.Main", "peers", "--mesh", "a b");
    assertThat(first.lines()).contains("-Dclaudemesh.launcher=" + root.resolve("claudemesh"));
    assertThat(second.err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void it_builds_again_when_a_source_is_newer_and_keeps_the_build_that_a_running_program_uses()
      throws Exception {
    run("peers");
    Path before = lib();
    // A file named after a living process says that it uses the build.
    Files.createFile(
        before.resolveSibling("users").resolve(String.valueOf(ProcessHandle.current().pid())));
    touch(root.resolve("cli/src/main/Main.java"));

    run("peers");
    Path used = lib();
    touch(root.resolve("pom.xml"));
    run("peers");

    assertThat(builds()).isEqualTo(3);
    assertThat(before).as("used by a living process").exists();
    assertThat(used).as("used by nobody any more").doesNotExist();
    assertThat(lib()).exists();
  }

  @Test
  void two_starts_at_once_build_once() throws Exception {
    environment.put("BUILD_TAKES", "2");
    List<Process> starts = List.of(start("peers"), start("peers"), start("peers"));

    for (Process start : starts) {
      assertThat(start.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(start.exitValue()).isZero();
    }
    assertThat(builds()).isEqualTo(1);
    assertThat(root.resolve(".run/lock")).doesNotExist();
  }

  @Test
  void the_lock_of_a_start_that_was_killed_is_taken_over() throws Exception {
    Path lock = Files.createDirectories(root.resolve(".run/lock"));
    Files.writeString(lock.resolve("pid"), deadPid() + "\n");

    assertThat(run("peers").exit()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void a_failed_build_shows_the_end_of_its_log_and_starts_nothing() throws Exception {
    environment.put("BUILD_FAILS", "yes");

    Ran ran = run("peers");

    assertThat(ran.exit()).isEqualTo(8);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains("the build failed")
        .contains("cannot find symbol")
        .contains("build.log");
    environment.remove("BUILD_FAILS");
    assertThat(run("peers").exit()).isZero();
  }

  @Test
  void a_hook_never_builds_and_is_silent_without_a_build() throws Exception {
    Ran ran = run("hook", "stop");

    assertThat(ran).isEqualTo(new Ran(0, "", ""));
    assertThat(builds()).isZero();
    run("peers");
    touch(root.resolve("pom.xml"));

    assertThat(run("hook", "stop").lines()).contains("hook", "stop");
    assertThat(run("mcp").lines()).contains("mcp");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void it_works_through_symbolic_links_from_any_folder() throws Exception {
    Path bin = Files.createDirectories(temp.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("first"), root.resolve("claudemesh"));
    Files.createSymbolicLink(bin.resolve("claudemesh"), Path.of("first"));

    Ran ran = finished(process(bin.resolve("claudemesh").toString(), "peers"));

    assertThat(ran.exit()).isZero();
    assertThat(ran.lines()).contains("-Dclaudemesh.launcher=" + root.resolve("claudemesh"));
  }

  @Test
  void the_broker_gets_another_jvm_than_a_command() throws Exception {
    run("peers");

    assertThat(run("peers").lines()).contains("-XX:TieredStopAtLevel=1", "-Xmx64m");
    assertThat(run("broker").lines())
        .contains("-Xmx220m")
        .doesNotContain("-Xmx64m", "-XX:TieredStopAtLevel=1");
  }

  @Test
  void after_a_build_each_way_to_start_is_learned_once_and_then_used() throws Exception {
    environment.remove("CLAUDEMESH_AOT");
    Path java = jdk.resolve("bin/java");
    program(
        java,
        """
        for word in "$@"; do
          case $word in -XX:AOTCacheOutput=*) echo learned > "${word#*=}" ;; esac
        done
        printf '%s\\n' "$@"
        """);

    Ran first = run("peers");
    assertThat(first.err()).contains("learning to start fast");
    assertThat(run("peers").err()).isEmpty();
    assertThat(run("peers").lines()).contains("-XX:AOTCache=" + aot("cli"));
    assertThat(run("mcp").lines()).contains("-XX:AOTCache=" + aot("mcp"));
    assertThat(run("broker").lines()).contains("-XX:AOTCache=" + aot("broker"));
    assertThat(run("--version").lines()).contains("-XX:AOTCache=" + aot("cli"));
    assertThat(root.resolve(".run").toFile().list((folder, name) -> name.startsWith("school")))
        .isEmpty();
  }

  @Test
  void another_java_learns_anew_and_who_wants_none_of_it_has_none() throws Exception {
    environment.remove("CLAUDEMESH_AOT");
    run("peers");
    environment.put("CLAUDEMESH_JAVA", jdk(temp.resolve("jdks/other"), "25.0.4").toString());
    assertThat(run("peers").err()).contains("learning to start fast");
    assertThat(run("peers").err()).isEmpty();

    environment.put("CLAUDEMESH_JAVA", jdk(temp.resolve("jdks/third"), "25.0.5").toString());
    environment.put("CLAUDEMESH_AOT", "off");
    assertThat(run("peers").err()).isEmpty();
  }

  private Path aot(String way) throws IOException {
    return lib().resolveSibling("aot").resolve(way + ".aot");
  }

  @Test
  void a_jdk_25_is_found_by_java_home_or_in_the_usual_folders_and_others_are_passed_by()
      throws Exception {
    environment.remove("CLAUDEMESH_JAVA");
    environment.put("JAVA_HOME", jdk(temp.resolve("jdks/jdk-17"), "17.0.15").toString());
    Path sdkman =
        jdk(
            Path.of(environment.get("HOME")).resolve(".sdkman/candidates/java/25.0.1-tem"),
            "25.0.1");

    // Where this machine has a real one, that one starts, and finds no program in the jar of this
    // test.
    run("peers");
    assertThat(Files.readString(root.resolve(".run/jdk")))
        .containsAnyOf(sdkman.toString(), "/usr/lib/jvm", "/opt");

    environment.put("JAVA_HOME", jdk.toString());
    assertThat(run("peers").lines()).contains("java of " + jdk);
  }

  @Test
  void a_java_that_was_named_and_is_no_25_is_an_error() throws Exception {
    environment.put("CLAUDEMESH_JAVA", jdk(temp.resolve("jdks/jdk-17"), "17.0.15") + "/bin/java");

    Ran ran = run("peers");

    assertThat(ran.exit()).isEqualTo(8);
    assertThat(ran.err()).contains("is not a JDK 25");
  }

  @Test
  void a_runtime_without_a_compiler_cannot_build_and_says_so() throws Exception {
    Files.delete(jdk.resolve("bin/javac"));

    Ran ran = run("peers");

    assertThat(ran.exit()).isEqualTo(8);
    assertThat(ran.err()).contains("no compiler");
  }

  @Test
  void a_release_without_sources_runs_as_it_is() throws Exception {
    Files.delete(root.resolve("pom.xml"));
    Files.createDirectories(root.resolve("lib"));

    assertThat(run("peers").lines())
        .containsSubsequence("-cp", root.resolve("lib/claudemesh.jar").toString());
    assertThat(run("broker").lines()).containsSubsequence("-cp", root.resolve("lib") + "/*");
    assertThat(root.resolve(".run")).doesNotExist();
  }

  @Test
  void a_release_with_a_runtime_of_its_own_asks_for_no_java_and_knows_its_caches_wherever_it_is()
      throws Exception {
    environment.remove("CLAUDEMESH_AOT");
    Files.delete(root.resolve("pom.xml"));
    Files.createDirectories(root.resolve("lib"));
    Files.createDirectories(root.resolve("aot"));
    Path own = jdk(root.resolve("runtime"), "25.0.9");
    environment.remove("CLAUDEMESH_JAVA");
    environment.put("JAVA_HOME", jdk.toString());
    run("peers");
    Files.writeString(root.resolve("aot/cli.aot"), "learned");

    Path elsewhere = Files.move(root, temp.resolve("elsewhere"));
    Ran ran = finished(process(elsewhere.resolve("claudemesh").toString(), "peers"));

    assertThat(ran.lines())
        .contains("java of " + own, "-XX:AOTCache=" + elsewhere.resolve("aot/cli.aot"));
    assertThat(ran.err()).isEmpty();
  }

  /// It cannot be run here; that it says the same to the JVM can be seen.
  @Test
  void the_launcher_of_windows_starts_the_same_jvms() throws Exception {
    Pattern flag =
        Pattern.compile(
            "-(?:XX:|Xm[snx]|Xlog:|-enable|-sun|D(?!user\\.home|java\\.locale))[^ \"$%]*");
    Set<String> here = flags(flag, "claudemesh");
    Set<String> there = flags(flag, "claudemesh.cmd");

    assertThat(here).hasSizeGreaterThan(15);
    here.removeIf(word -> word.startsWith("-XX:AOTCacheOutput"));
    assertThat(there).isEqualTo(here);
    assertThat(Files.readString(Sources.root().resolve(".gitattributes")))
        .contains("*.cmd text eol=crlf");
  }

  private static Set<String> flags(Pattern flag, String launcher) throws IOException {
    return Files.readString(Sources.root().resolve(launcher))
        .lines()
        .filter(line -> !line.startsWith("#") && !line.startsWith("rem"))
        .flatMap(line -> flag.matcher(line).results().map(MatchResult::group))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private record Ran(int exit, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private Ran run(String... arguments) throws IOException, InterruptedException {
    return finished(start(arguments));
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(root.resolve("claudemesh").toString()));
    command.addAll(List.of(arguments));
    return process(command.toArray(String[]::new));
  }

  private Process process(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Ran finished(Process process) throws IOException, InterruptedException {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), out, err);
  }

  private int builds() throws IOException {
    Path log = temp.resolve("builds");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  private Path lib() throws IOException {
    return root.resolve(".run")
        .resolve(Files.readString(root.resolve(".run/current")).strip())
        .resolve("lib");
  }

  private static long deadPid() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }

  /// A JDK whose java prints its arguments, one a line.
  private static Path jdk(Path home, String version) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    program(home.resolve("bin/java"), "echo \"java of " + home + "\"\nprintf '%s\\n' \"$@\"\n");
    program(home.resolve("bin/javac"), "exit 0\n");
    return home;
  }

  private static void program(Path path, String script) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void old(Path path) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(LONG_AGO));
  }

  private static void touch(Path path) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(1)));
  }
}
