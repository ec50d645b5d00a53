package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkTreeTest {
  @TempDir Path home;

  @Test
  void a_repository_is_named_by_its_origin_however_that_is_written() {
    for (String url :
        new String[] {
          "git@github.com:acme/engine.git",
          "https://github.com/acme/engine",
          "https://user:secret@GitHub.com/acme/engine.git/",
          "ssh://git@github.com:22/acme/engine.git",
          "github.com:acme/engine"
        }) {
      assertThat(WorkTree.origin(config(url))).as(url).contains("github.com/acme/engine");
    }
    assertThat(WorkTree.origin(config("/srv/git/engine.git"))).contains("engine");
    assertThat(WorkTree.origin(config("../engine"))).contains("engine");
    assertThat(WorkTree.origin("[remote \"upstream\"]\n\turl = git@h:a/b\n[core]\n")).isEmpty();
  }

  @Test
  void two_clones_are_one_and_files_are_called_from_the_top() throws IOException {
    Path one = clone("one/engine", "git@h:acme/engine.git");
    Path two = clone("two/other", "https://h/acme/engine");
    WorkTree tree = WorkTree.of(one.resolve("src/deep"));
    assertThat(tree.name()).isEqualTo("h/acme/engine").isEqualTo(WorkTree.of(two).name());
    assertThat(tree.path(one.resolve("src/deep/../A.java"))).contains("src/A.java");
    assertThat(tree.path(two.resolve("x"))).isEmpty();
    assertThat(tree.path(one)).isEmpty();
  }

  @Test
  void a_further_work_tree_is_the_same_repository() throws IOException {
    Path main = clone("engine", "git@h:acme/engine");
    Path further = Files.createDirectories(home.resolve("further"));
    Path own = Files.createDirectories(main.resolve(".git/worktrees/further"));
    Files.writeString(further.resolve(".git"), "gitdir: " + own + "\n");
    Files.writeString(own.resolve("commondir"), "../..\n");
    assertThat(WorkTree.of(further)).isEqualTo(new WorkTree(further, "h/acme/engine"));
    Files.writeString(main.resolve(".git/config"), "");
    assertThat(WorkTree.of(further).name()).isEqualTo("engine");
  }

  @Test
  void without_an_origin_or_a_repository_the_folder_gives_the_name() throws IOException {
    Path alone = Files.createDirectories(home.resolve("alone/.git")).getParent();
    assertThat(WorkTree.of(alone.resolve("a/b")).name()).isEqualTo("alone");
    assertThat(WorkTree.around(home.resolve("nowhere"))).isEmpty();
    assertThat(WorkTree.of(home.resolve("nowhere")).name()).isEqualTo("nowhere");
  }

  private Path clone(String folder, String url) throws IOException {
    Path top = home.resolve(folder);
    Files.createDirectories(top.resolve(".git"));
    Files.writeString(top.resolve(".git/config"), config(url));
    return top;
  }

  private static String config(String url) {
    return "[core]\n\tbare = false\n[remote \"origin\"]\n\tfetch = +refs/*\n\turl = "
        + url
        + "\n[branch \"main\"]\n\tremote = origin\n";
  }
}
