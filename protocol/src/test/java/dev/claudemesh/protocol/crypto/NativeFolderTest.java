package dev.claudemesh.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.goterl.lazysodium.SodiumJava;
import com.goterl.lazysodium.utils.LibraryLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NativeFolderTest {
  @TempDir Path temporary;

  @Test
  void a_library_is_unpacked_once_under_a_name_that_carries_its_checksum() throws IOException {
    NativeFolder folder = NativeFolder.open(temporary.resolve("a/b/native"));

    Path file = unpack(folder);
    Object firstCopy = Files.readAttributes(file, "lastModifiedTime").get("lastModifiedTime");

    assertThat(file.getFileName().toString()).matches("libsodium-[0-9a-f]{8}\\.lib");
    assertThat(Files.readAllBytes(file)).isEqualTo(original());
    assertThat(unpack(NativeFolder.open(temporary.resolve("a/b/native")))).isEqualTo(file);
    assertThat(Files.readAttributes(file, "lastModifiedTime").get("lastModifiedTime"))
        .isEqualTo(firstCopy);
    assertThat(names(folder)).containsExactly(file.getFileName().toString());
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void the_folder_is_for_its_owner_alone_even_if_it_was_open_before() throws IOException {
    Path open =
        Files.createDirectory(
            temporary.resolve("native"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    NativeFolder.open(open);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(open)))
        .isEqualTo("rwx------");
  }

  @Test
  void a_file_that_somebody_changed_is_replaced_and_not_loaded() throws IOException {
    NativeFolder folder = NativeFolder.open(temporary);
    Path file = unpack(folder);
    byte[] changed = original();
    changed[1000] ^= 1;
    Files.write(file, changed);

    assertThat(Files.readAllBytes(unpack(folder))).isEqualTo(original());

    Files.write(file, new byte[3]);
    assertThat(Files.readAllBytes(unpack(folder))).isEqualTo(original());
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_link_in_place_of_the_library_is_replaced_and_what_it_points_to_is_left_alone()
      throws IOException {
    NativeFolder folder = NativeFolder.open(temporary.resolve("native"));
    Path file = unpack(folder);
    Path elsewhere = Files.write(temporary.resolve("elsewhere"), original());
    Files.delete(file);
    Files.createSymbolicLink(file, elsewhere);

    unpack(folder);

    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(elsewhere).hasBinaryContent(original());
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_link_in_place_of_the_folder_is_refused() throws IOException {
    Path real = Files.createDirectory(temporary.resolve("real"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), real);

    assertThatThrownBy(() -> NativeFolder.open(link))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a folder");
  }

  @Test
  void a_file_in_place_of_the_folder_is_refused() throws IOException {
    Path file = Files.createFile(temporary.resolve("native"));

    assertThatThrownBy(() -> NativeFolder.open(file)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> NativeFolder.open(file.resolve("below")))
        .isInstanceOf(IOException.class);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_name_that_the_bridge_would_split_is_refused() {
    assertThatThrownBy(() -> NativeFolder.open(temporary.resolve("a:b")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a:b");
  }

  @Test
  void many_starts_at_once_end_with_one_faithful_file() throws Exception {
    Path shared = temporary.resolve("native");
    try (var starts = Executors.newFixedThreadPool(8)) {
      Callable<Path> start = () -> unpack(NativeFolder.open(shared));
      for (var done : starts.invokeAll(java.util.Collections.nCopies(40, start))) {
        assertThat(done.get()).hasBinaryContent(original());
      }
    }
    assertThat(names(NativeFolder.open(shared))).hasSize(1);
  }

  @Test
  void a_temporary_folder_leaves_nothing_behind() throws IOException {
    NativeFolder folder = NativeFolder.temporary();
    unpack(folder);

    folder.discard();

    assertThat(folder.path()).doesNotExist();
  }

  @Test
  void the_library_of_this_platform_is_the_one_lazysodium_would_take() throws IOException {
    assertThat(Sodium.resource()).isEqualTo(LibraryLoader.getSodiumPathInResources());
  }

  private static Path unpack(NativeFolder folder) throws IOException {
    return folder.provide(
        SodiumJava.class, LibraryLoader.getSodiumPathInResources(), "libsodium", ".lib");
  }

  private static byte[] original() throws IOException {
    try (InputStream stream =
        SodiumJava.class.getResourceAsStream("/" + LibraryLoader.getSodiumPathInResources())) {
      return stream.readAllBytes();
    }
  }

  private static List<String> names(NativeFolder folder) throws IOException {
    try (var files = Files.list(folder.path())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
