package dev.claudemesh.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.Shell;
import dev.claudemesh.cli.mesh.GoldenScreens;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.config.PrivateFiles;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandsTest {
  private static final String PASSPHRASE = "correct horse battery staple";
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path temp;
  private Shell old;
  private Shell fresh;
  private Path file;
  private Path passphrase;

  @BeforeEach
  void aMachineWithTwoMeshesAndAFreshOne() throws IOException {
    old = new Shell(temp.resolve("old"), "ana").at(() -> NOON);
    fresh = new Shell(temp.resolve("fresh"), "ana").at(() -> NOON);
    file = temp.resolve("keys.cmb");
    passphrase = temp.resolve("passphrase");
    PrivateFiles.write(passphrase, PASSPHRASE + "\nnot this line\n");
    save(old, membership("alpha"), membership("beta"));
  }

  @Test
  void what_was_saved_on_one_machine_comes_back_on_another() throws IOException {
    Shell.Ran saved = backup();

    assertThat(saved.out()).contains("Saved alpha, beta to " + file);
    assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
        .startsWith("CMB1")
        .doesNotContain("alpha", "secretKey");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    Shell.Ran restored = restore(fresh);

    assertThat(restored.out()).containsPattern("alpha +ws://\\S+ +restored");
    assertThat(config(fresh)).isEqualTo(config(old));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh.config())))
        .isEqualTo("rw-------");
    assertThat(beside(fresh)).isEmpty();
  }

  @Test
  void the_answers_for_programs_keep_their_shape_and_name_no_secret() throws IOException {
    GoldenScreens golden = new GoldenScreens();
    String saved =
        old.ok("backup", file.toString(), "--passphrase-file", passphrase.toString(), "--json")
            .out();
    golden.check("backup.json", saved.replace(temp.toString(), "FOLDER"));
    save(fresh, membership("alpha"));
    String restored =
        fresh
            .ok("restore", file.toString(), "--passphrase-file", passphrase.toString(), "--json")
            .out();
    golden.check("restore.json", restored.replace(temp.toString(), "FOLDER"));
    assertThat(saved + restored)
        .doesNotContain(config(old).memberships().getFirst().key().exposeHex(), PASSPHRASE);
  }

  @Test
  void a_passphrase_is_typed_twice_and_never_shown() {
    Shell.Ran ran = old.typing(PASSPHRASE + "\n" + PASSPHRASE + "\n").ok("backup", file.toString());

    assertThat(ran.err()).contains("The same again").doesNotContain(PASSPHRASE);
    assertThat(fresh.typing(PASSPHRASE + "\n").ok("restore", file.toString()).out())
        .contains("restored");
  }

  @Test
  void a_passphrase_that_is_short_or_typed_in_two_ways_saves_nothing() throws IOException {
    Shell.Ran differs =
        old.typing(PASSPHRASE + "\n" + PASSPHRASE + "r\n").run("backup", file.toString());
    assertThat(differs.exit()).isEqualTo(3);
    assertThat(differs.err()).contains("differ");
    Shell.Ran empty = old.typing("").run("backup", file.toString());
    assertThat(empty.exit()).isEqualTo(1);
    PrivateFiles.write(passphrase, "elevenchars\n");
    Shell.Ran tooShort =
        old.run("backup", file.toString(), "--passphrase-file", passphrase.toString());
    assertThat(tooShort.exit()).isEqualTo(3);
    assertThat(tooShort.err()).contains("12 characters").doesNotContain("elevenchars");
    assertThat(file).doesNotExist();
  }

  @Test
  void where_nobody_can_type_the_flag_is_named() {
    Shell.Ran ran = old.piped("").run("backup", file.toString());

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("--passphrase-file");
  }

  @Test
  void a_passphrase_file_that_others_can_read_is_told() throws IOException {
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(backup().err()).contains("chmod 600 " + passphrase);
  }

  @Test
  void a_file_that_is_there_is_replaced_only_when_that_is_said() throws IOException {
    Files.writeString(file, "precious");

    Shell.Ran ran = old.run("backup", file.toString(), "--passphrase-file", passphrase.toString());

    assertThat(ran.exit()).isEqualTo(6);
    assertThat(file).hasContent("precious");
    old.ok("backup", file.toString(), "--force", "--passphrase-file", passphrase.toString());
    assertThat(Files.readAllBytes(file)).startsWith("CMB1".getBytes());
  }

  @Test
  void a_folder_that_is_not_there_and_nothing_to_save_are_told() {
    assertThat(old.run("backup", temp.resolve("no/where.cmb").toString()).exit()).isEqualTo(5);
    assertThat(fresh.run("backup", file.toString()).exit()).isEqualTo(5);
    assertThat(old.run("backup").exit()).isEqualTo(3);
    assertThat(temp.resolve("no")).doesNotExist();
  }

  @Test
  void a_wrong_passphrase_or_a_damaged_file_changes_nothing_and_both_are_named()
      throws IOException {
    backup();
    save(fresh, membership("gamma"));
    String before = Files.readString(fresh.config());
    PrivateFiles.write(passphrase, PASSPHRASE + "!");

    Shell.Ran wrong =
        fresh.run("restore", file.toString(), "--passphrase-file", passphrase.toString());
    PrivateFiles.write(passphrase, PASSPHRASE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    Shell.Ran damaged =
        fresh.run("restore", file.toString(), "--passphrase-file", passphrase.toString());

    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("passphrase is wrong, or").contains("damaged");
    assertThat(damaged.exit()).isEqualTo(2);
    assertThat(damaged.err()).isEqualTo(wrong.err());
    assertThat(fresh.config()).hasContent(before);
    assertThat(beside(fresh)).isEmpty();
  }

  @Test
  void what_is_no_backup_is_told() throws IOException {
    Files.writeString(file, "hello");

    assertThat(fresh.run("restore", file.toString()).exit()).isEqualTo(3);
    assertThat(fresh.run("restore", temp.resolve("none.cmb").toString()).exit()).isEqualTo(5);
    assertThat(fresh.run("restore", temp.toString()).exit()).isEqualTo(5);
  }

  @Test
  void what_is_there_stays_and_what_it_was_before_is_kept() throws IOException {
    backup();
    Membership own = membership("alpha");
    save(fresh, own);
    String before = Files.readString(fresh.config());

    Shell.Ran ran = restore(fresh);

    assertThat(ran.out())
        .containsPattern("alpha .*yours stayed, which has another key")
        .containsPattern("beta .*restored");
    assertThat(config(fresh).mesh("alpha").key()).isEqualTo(own.key());
    assertThat(beside(fresh))
        .singleElement()
        .satisfies(copy -> assertThat(copy).hasContent(before));
    assertThat(ran.err()).contains("config.before-restore-20261121T120000Z.json");

    assertThat(restore(fresh).err()).doesNotContain("The config as it was");
    assertThat(beside(fresh)).hasSize(1);

    fresh.ok("restore", file.toString(), "--replace", "--passphrase-file", passphrase.toString());
    assertThat(beside(fresh)).hasSize(2);
    assertThat(config(fresh).mesh("alpha").key()).isEqualTo(config(old).mesh("alpha").key());
  }

  private Shell.Ran backup() {
    return old.ok("backup", file.toString(), "--passphrase-file", passphrase.toString());
  }

  private Shell.Ran restore(Shell shell) {
    return shell.ok("restore", file.toString(), "--passphrase-file", passphrase.toString());
  }

  private static List<Path> beside(Shell shell) throws IOException {
    try (Stream<Path> files = Files.list(shell.config().getParent())) {
      return files.filter(path -> path.toString().contains("before-restore")).toList();
    }
  }

  private static void save(Shell shell, Membership... memberships) throws IOException {
    Config config = Config.empty();
    for (Membership membership : memberships) {
      config = config.with(membership);
    }
    PrivateFiles.write(shell.config(), config.text());
  }

  private static Config config(Shell shell) throws IOException {
    return Config.parse(Files.readString(shell.config()), "config");
  }

  private static Membership membership(String slug) {
    return new Membership(
        "id-of-" + slug,
        "member-of-" + slug,
        slug,
        slug,
        Keys.generate(),
        URI.create("ws://127.0.0.1:7900/ws"),
        NOON,
        Optional.empty(),
        List.of(MeshKey.generate(1)));
  }
}
