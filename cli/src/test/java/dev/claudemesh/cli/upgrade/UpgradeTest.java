package dev.claudemesh.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.cli.Version;
import dev.claudemesh.cli.mesh.GoldenScreens;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A version that is installed, and a real feed with a newer one. Whatever goes wrong, the
/// installed one works afterwards and nothing is left beside it.
class UpgradeTest {
  private static final int ARGUMENTS = 3;
  private static final int NETWORK = 4;
  private static final int NOT_FOUND = 5;
  private static final int PERMISSION = 7;
  private static final int AUTH = 2;

  private final SecretKey signer = Keys.generate();
  private final Map<String, byte[]> pages = new TreeMap<>();
  private final CountDownLatch stalled = new CountDownLatch(1);
  private volatile int cut = Integer.MAX_VALUE;
  private volatile boolean stall;

  @TempDir Path temp;
  private Path installed;
  private HttpServer server;
  private Shell shell;

  @BeforeEach
  void anInstalledVersionAndAFeed() throws IOException {
    installed = Files.createDirectories(temp.resolve("opt"));
    Path old = program(installed.resolve("claudemesh-" + Version.number()), Version.number());
    Files.createSymbolicLink(installed.resolve("current"), old.getFileName());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    shell = new Shell(temp.resolve("home"), "ana").launcher(launcher());
    release("9.1.0");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void it_is_off_until_a_feed_and_a_key_are_named() {
    Shell.Ran ran = shell.ok("upgrade");
    assertThat(ran.out()).contains("You named no feed");
    assertThat(ran.err()).contains("next: claudemesh upgrade --feed <url> --key <key>");

    assertThat(shell.run("upgrade", "--feed", feed()).exit()).isEqualTo(ARGUMENTS);
    assertThat(shell.run("upgrade", "--feed", feed(), "--key", "short").exit())
        .isEqualTo(ARGUMENTS);
    assertThat(
            shell.run("upgrade", "--feed", "http://example.org/f", "--key", "a".repeat(64)).err())
        .contains("no https address");
  }

  @Test
  void a_newer_release_is_told_got_tried_and_changed_to_and_back() throws IOException {
    name();
    String json = shell.ok("upgrade", "--check", "--json").out();
    new GoldenScreens().check("upgrade.json", json.replace(Version.number(), "VERSION"));
    assertThat(shell.ok("upgrade", "--check").out())
        .isEqualTo("There is 9.1.0; this is " + Version.number() + "\n");
    assertStillTheOld();

    Shell.Ran ran = shell.ok("upgrade", "--json");
    assertThat(ran.json().path("changed").booleanValue()).isTrue();
    assertThat(says()).isEqualTo("claudemesh 9.1.0");
    assertThat(installed.resolve("current/lib/app.jar")).hasContent("of 9.1.0");
    assertThat(installed.resolve("current/lib/link.jar")).hasContent("of 9.1.0");
    assertThat(beside())
        .containsExactly(
            "claudemesh-" + Version.number(), "claudemesh-9.1.0", "current", "previous");

    shell.ok("upgrade", "--back");
    assertThat(says()).isEqualTo("claudemesh " + Version.number());
    shell.ok("upgrade");
    assertThat(says()).as("what lies there already is got anew").isEqualTo("claudemesh 9.1.0");
  }

  @Test
  void an_older_release_is_refused_and_the_same_one_is_the_newest() throws IOException {
    name();
    release("0.0.9");
    Shell.Ran ran = shell.run("upgrade");
    assertThat(ran.exit()).isEqualTo(PERMISSION);
    assertThat(ran.err()).contains("0.0.9, which is older than this");

    release(Version.number());
    assertThat(shell.ok("upgrade").out()).contains("This is the newest");
    assertStillTheOld();
  }

  @Test
  void a_release_that_another_key_signed_is_refused_before_it_is_got() throws IOException {
    shell.ok("upgrade", "--feed", feed(), "--key", Keys.generate().publicKey().hex());
    pages.remove("/claudemesh.tar.gz");

    Shell.Ran ran = shell.run("upgrade");

    assertThat(ran.exit()).isEqualTo(AUTH);
    assertThat(ran.err()).contains("not signed by the key you named");
    assertStillTheOld();
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "size", "sha256"})
  void a_release_in_which_anything_was_changed_after_it_was_signed_is_refused(String field)
      throws IOException {
    name();
    String json = new String(pages.get("/feed.json"), StandardCharsets.UTF_8);
    String changed =
        switch (field) {
          case "version" -> json.replace("9.1.0", "9.1.1");
          case "size" -> json.replaceFirst("\"size\":\\d", "\"size\":9");
          default -> json.replaceFirst("\"sha256\":\"..", "\"sha256\":\"00");
        };
    assertThat(changed).isNotEqualTo(json);
    pages.put("/feed.json", changed.getBytes(StandardCharsets.UTF_8));

    assertThat(shell.run("upgrade").exit()).isEqualTo(AUTH);
    assertStillTheOld();
  }

  @Test
  void an_archive_that_is_another_one_is_refused() throws IOException {
    name();
    byte[] archive = pages.get("/claudemesh.tar.gz").clone();
    archive[archive.length / 2] ^= 1;
    pages.put("/claudemesh.tar.gz", archive);

    Shell.Ran ran = shell.run("upgrade");

    assertThat(ran.exit()).isEqualTo(AUTH);
    assertThat(ran.err()).contains("is not what was signed");
    assertStillTheOld();
  }

  @Test
  void half_a_download_changes_nothing_and_the_next_try_is_whole() throws IOException {
    name();
    cut = pages.get("/claudemesh.tar.gz").length / 2;
    Shell.Ran ran = shell.run("upgrade");
    assertThat(ran.exit()).isEqualTo(NETWORK);
    assertThat(ran.err()).contains("Nothing was changed");
    assertStillTheOld();

    cut = Integer.MAX_VALUE;
    shell.ok("upgrade");
    assertThat(says()).isEqualTo("claudemesh 9.1.0");
  }

  @Test
  void who_is_killed_in_the_middle_leaves_the_old_one_working_and_the_next_tidies_up()
      throws Exception {
    name();
    stall = true;
    Process process = process("upgrade");
    assertThat(stalled.await(60, TimeUnit.SECONDS)).isTrue();
    Path archive = installed.resolve(".upgrade-archive");
    for (int i = 0; i < 3_000 && (Files.notExists(archive) || Files.size(archive) == 0); i++) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    process.destroyForcibly().waitFor();
    assertThat(says()).isEqualTo("claudemesh " + Version.number());
    assertThat(archive).exists();

    // Also one who died between the two renames.
    program(installed.resolve("claudemesh-9.1.0"), "half");
    stall = false;
    shell.ok("upgrade");
    assertThat(says()).isEqualTo("claudemesh 9.1.0");
    assertThat(beside()).noneMatch(name -> name.startsWith(".upgrade-"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../escape", "elsewhere/file", "claudemesh-9.1.0/../../escape"})
  void what_leads_out_of_its_folder_is_refused(String name) throws IOException {
    name();
    publish("9.1.0", archive("9.1.0", name, "claudemesh 9.1.0"));
    Shell.Ran ran = shell.run("upgrade");
    assertThat(ran.exit()).isEqualTo(ARGUMENTS);
    assertThat(ran.err()).contains("Nothing was changed");
    assertThat(temp.resolve("escape")).doesNotExist();
    assertStillTheOld();
  }

  @ParameterizedTest
  @ValueSource(strings = {"@/etc", "@../../escape"})
  void a_link_that_leads_out_of_its_folder_is_refused(String link) throws IOException {
    name();
    publish("9.1.0", archive("9.1.0", link, "claudemesh 9.1.0"));
    assertThat(shell.run("upgrade").err()).contains("a link that leads out of it");
    assertStillTheOld();
  }

  @Test
  void one_that_does_not_run_here_is_not_changed_to() throws IOException {
    name();
    publish("9.1.0", archive("9.1.0", "", "something else"));
    Shell.Ran ran = shell.run("upgrade");
    assertThat(ran.err()).contains("does not run on this machine");
    assertStillTheOld();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no json", "{}", "[]", "{\"version\":\"new\"}"})
  void a_feed_that_tells_of_no_release_is_said_to(String text) throws IOException {
    name();
    pages.put("/feed.json", text.getBytes(StandardCharsets.UTF_8));
    Shell.Ran ran = shell.run("upgrade");
    assertThat(ran.exit()).isEqualTo(ARGUMENTS);
    assertThat(ran.err()).contains("tells of no release");
  }

  @Test
  void a_feed_that_is_away_is_said_to() {
    name();
    pages.clear();
    assertThat(shell.run("upgrade").exit()).isEqualTo(NETWORK);
    server.stop(0);
    assertThat(shell.run("upgrade").exit()).isEqualTo(NETWORK);
  }

  @Test
  void from_sources_it_says_git_pull_and_where_it_does_not_lie_so_what_is_missing()
      throws IOException {
    Path checkout = Files.createDirectories(temp.resolve("src"));
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    Shell.Ran ran = shell.launcher(checkout.resolve("claudemesh")).ok("upgrade");
    assertThat(ran.err()).contains("next: git -C '" + checkout + "' pull");

    name();
    Path other = program(temp.resolve("other"), "1").resolve("bin/claudemesh");
    assertThat(shell.launcher(other).run("upgrade").exit()).isEqualTo(NOT_FOUND);
  }

  @Test
  void two_at_once_do_not_get_in_each_others_way() throws IOException {
    name();
    Layout layout = Layout.of(launcher()).orElseThrow();
    try (Upgrade first = Upgrade.begin(layout)) {
      assertThat(shell.run("upgrade").err()).contains("Another upgrade");
      assertThat(first).isNotNull();
    }
    shell.ok("upgrade");
  }

  private void name() {
    shell.ok("upgrade", "--feed", feed(), "--key", signer.publicKey().hex());
    shell.launcher(launcher());
  }

  private String feed() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/feed.json";
  }

  private Path launcher() {
    return installed.resolve("current/bin/claudemesh");
  }

  private void release(String version) throws IOException {
    publish(version, archive(version, "", "claudemesh " + version));
  }

  private void publish(String version, byte[] archive) {
    String sha256 = Keys.sha256Hex(archive);
    String signature = Keys.sign(signer, Release.signed(version, archive.length, sha256));
    pages.put("/claudemesh.tar.gz", archive);
    pages.put(
        "/feed.json",
        Wire.mapper()
            .writeValueAsString(
                new TreeMap<>(
                    Map.of(
                        "version", version,
                        "archive", "claudemesh.tar.gz",
                        "size", archive.length,
                        "sha256", sha256,
                        "signature", signature)))
            .getBytes(StandardCharsets.UTF_8));
  }

  /// @param more the name of a further file; with an @ before it, what a link leads to
  private static byte[] archive(String version, String more, String says) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      String top = "claudemesh-" + version + "/";
      entry(tar, top + "bin/claudemesh", 0755, "#!/bin/sh\necho '" + says + "'\n");
      entry(tar, top + "lib/app.jar", 0644, "of " + version);
      entry(tar, top + "lib/noise", 0644, noise());
      link(tar, top + "lib/link.jar", "app.jar");
      if (more.startsWith("@")) {
        link(tar, top + "lib/more", more.substring(1));
      } else if (!more.isEmpty()) {
        entry(tar, more, 0644, "x");
      }
    }
    return bytes.toByteArray();
  }

  /// What cannot be packed small, so that half of the archive is in the middle of it.
  private static String noise() {
    return Stream.generate(Keys::generate)
        .limit(400)
        .map(key -> key.publicKey().hex())
        .reduce("", String::concat);
  }

  private static void entry(TarArchiveOutputStream tar, String name, int mode, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setMode(mode);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, String name, String to) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(to);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static Path program(Path folder, String version) throws IOException {
    Path program = folder.resolve("bin/claudemesh");
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\necho 'claudemesh " + version + "'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  private void assertStillTheOld() throws IOException {
    assertThat(says()).isEqualTo("claudemesh " + Version.number());
    assertThat(beside()).containsExactly("claudemesh-" + Version.number(), "current");
  }

  private String says() throws IOException {
    Process process = new ProcessBuilder(launcher().toString(), "--version").start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private List<String> beside() throws IOException {
    try (Stream<Path> files = Files.list(installed)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(".upgrade.lock"))
          .sorted()
          .toList();
    }
  }

  private Process process(String... words) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dclaudemesh.launcher=" + launcher(),
            "-Duser.home=" + temp.resolve("home"),
            "-cp",
            System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
            "dev.claudemesh.cli.Main");
    builder.command().addAll(List.of(words));
    builder.environment().put("CLAUDEMESH_CONFIG_DIR", temp.resolve("home/.claudemesh").toString());
    return builder.redirectErrorStream(true).redirectOutput(temp.resolve("log").toFile()).start();
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] page = pages.get(exchange.getRequestURI().getPath());
    if (page == null) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    boolean archive = exchange.getRequestURI().getPath().endsWith(".tar.gz");
    exchange.sendResponseHeaders(200, page.length);
    try (OutputStream out = exchange.getResponseBody()) {
      int length = archive ? Math.min(page.length, stall ? page.length / 2 : cut) : page.length;
      out.write(page, 0, length);
      out.flush();
      if (archive && stall) {
        stalled.countDown();
        new CountDownLatch(1).await(30, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
