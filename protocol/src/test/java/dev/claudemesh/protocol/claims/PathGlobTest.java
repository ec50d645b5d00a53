package dev.claudemesh.protocol.claims;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PathGlobTest {
  @Test
  void a_star_stays_within_a_name_and_two_go_through_folders() {
    matches("*.md", "a.md", "README.md", ".md");
    matchesNot("*.md", "docs/a.md", "a.mdx");
    matches("src/**", "src/a", "src/a/b/c");
    matchesNot("src/**", "src", "srcs/a");
    matches("src/**/api.java", "src/api.java", "src/a/b/api.java");
    matchesNot("src/**/api.java", "src/a/b/xapi.java");
    matches("**/a", "a", "b/a", "b/c/a");
    matches("**", "a", "a/b");
    matches("a/**/b/**/c", "a/b/c", "a/x/b/y/z/c");
    matches("a**b", "ab", "axb");
    matchesNot("a**b", "a/b");
  }

  @Test
  void questions_brackets_braces_and_escapes() {
    matches("a?c", "abc");
    matchesNot("a?c", "ac", "a/c", "abbc");
    matches("[a-c]x", "ax", "cx");
    matchesNot("[a-c]x", "dx", "x");
    matches("[!a-c]x", "dx", "]x");
    matchesNot("[^a-c]x", "ax", "/x");
    matches("[]a]x", "]x", "ax");
    matchesNot("a[+-9]b", "a/b");
    matches("a[+-9]b", "a0b");
    matches("{src,test}/**/*.{java,kt}", "src/A.java", "test/a/b/C.kt");
    matchesNot("{src,test}/**/*.{java,kt}", "main/A.java", "src/A.py");
    matches("a{b,{c,d}e}f", "abf", "acef", "adef");
    matches("a{,b}", "a", "ab");
    matches("\\*a", "*a");
    matchesNot("\\*a", "ba");
    matches("a\\{b,c}", "a{b,c}");
  }

  @Test
  void what_ends_with_a_slash_is_everything_in_that_folder_and_a_leading_one_is_left_out() {
    matches("src/", "src/a", "src/a/b");
    matchesNot("src/", "src");
    matches("./src/a", "src/a");
    matches("/src/a", "src/a");
    assertThat(glob("./src/").toString()).isEqualTo("src/");
  }

  @Test
  void a_path_that_is_spelled_like_the_glob_belongs_to_it() {
    matches("app/[id]/page.tsx", "app/[id]/page.tsx", "app/i/page.tsx");
    matches("a{b,c}", "a{b,c}", "ab");
    matches("odd[name", "odd[name");
    matches("odd{name", "odd{name");
    assertThat(glob("app/[id]/x").meets(glob("app/[id]/x"))).isTrue();
  }

  @Test
  void what_is_no_path_of_the_repository_is_no_glob() {
    for (String bad :
        List.of("", "/", "..", "../a", "a/../b", "a//b", "./.", "x".repeat(201), "a/./b")) {
      assertThat(PathGlob.parse(bad)).as(bad).isEmpty();
    }
    assertThat(PathGlob.parse("{a,b}".repeat(6))).isPresent();
    assertThat(PathGlob.parse("{a,b}".repeat(7))).isEmpty();
    assertThat(PathGlob.parse("{" + "a".repeat(90) + "," + "b".repeat(90) + "}{1,2,3,4,5,6}"))
        .isEmpty();
  }

  @Test
  void globs_meet_if_a_path_could_belong_to_both() {
    meets("src/**", "src/api/A.java");
    meets("src/**", "**/*.java");
    meets("src/*/a", "src/b/*");
    meets("**/test/**", "src/**/test/x");
    meets("{a,b}/c", "{b,d}/*");
    meets("[a-m]*", "*[k-z]");
    meets("src/", "src/**/x.java");
    meetsNot("src/*", "src/a/b");
    meetsNot("src/**", "test/**");
    meetsNot("*.java", "*.kt");
    meetsNot("[a-c]", "[d-f]");
    meetsNot("a/**", "a");
    meetsNot("a?", "a");
    meetsNot("src/*.java", "src/**/deep/*.java");
  }

  @Test
  void adverse_globs_are_compared_in_time_that_grows_with_their_lengths_only() {
    PathGlob one = glob("*a".repeat(99));
    PathGlob two = glob("a*".repeat(99) + "b");
    assertThat(one.cost(two)).isLessThan(500_000);
    long started = System.nanoTime();
    assertThat(one.meets(two)).isFalse();
    PathGlob folders = glob("**/a/".repeat(39) + "b");
    assertThat(folders.meets(glob("a/**/".repeat(39) + "c"))).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
    assertThat(PathGlob.parse("{".repeat(100) + "}".repeat(100))).isPresent();
    assertThat(PathGlob.parse("{a,".repeat(60))).isPresent();
    assertThat(PathGlob.parse("{{a,b},{c,d},".repeat(15))).isNotNull();
  }

  /// Random globs against another way to say the same: a glob is a tree, written as text for the
  /// parser, and matched against each short path by trying everything.
  @Test
  void random_globs_match_and_meet_as_trying_every_path_says() {
    RandomGenerator random = Seeds.random();
    List<String> paths = paths(6);
    for (int round = 0; round < 1_500; round++) {
      List<Part> one = parts(random, 2);
      List<Part> two = parts(random, 2);
      if (PathGlob.parse(text(one)).isEmpty() || PathGlob.parse(text(two)).isEmpty()) {
        continue;
      }
      PathGlob first = glob(text(one));
      PathGlob second = glob(text(two));
      boolean together = false;
      for (String path : paths) {
        boolean expected = accepts(first, one, path);
        assertThat(first.matches(path)).as("%s on %s", first, path).isEqualTo(expected);
        together |= expected && accepts(second, two, path);
      }
      String pair = first + " and " + second;
      if (together) {
        assertThat(first.meets(second)).as(pair).isTrue();
      }
      first
          .common(second)
          .ifPresent(path -> {
            assertThat(accepts(first, one, path)).as("%s: %s", pair, path).isTrue();
            assertThat(accepts(second, two, path)).as("%s: %s", pair, path).isTrue();
          });
      assertThat(second.meets(first)).as(pair).isEqualTo(first.meets(second));
    }
  }

  private static boolean accepts(PathGlob glob, List<Part> parts, String path) {
    return isPath(path)
        && (path.equals(glob.toString()) && path.matches(".*[\\[{\\\\].*")
            || expanded(parts).stream().anyMatch(list -> accepts(list, 0, path, 0)));
  }

  private static boolean isPath(String path) {
    return List.of(path.split("/", -1)).stream().noneMatch(String::isEmpty);
  }

  private sealed interface Part {
    record Name(char c) implements Part {}

    record Slash() implements Part {}

    record Question() implements Part {}

    record Star() implements Part {}

    /// `**` with the slash behind it, where a name begins.
    record Folders() implements Part {}

    record Bracket(boolean not, char c) implements Part {}

    record Either(List<Part> one, List<Part> two) implements Part {}
  }

  private static List<Part> parts(RandomGenerator random, int depth) {
    List<Part> parts = new ArrayList<>();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      boolean begins = parts.isEmpty() ? depth == 2 : parts.getLast() instanceof Part.Slash;
      parts.add(
          switch (random.nextInt(depth == 0 ? 8 : 9)) {
            case 0, 1 -> new Part.Name("ab".charAt(random.nextInt(2)));
            case 2, 3 -> parts.isEmpty() || begins ? new Part.Name('a') : new Part.Slash();
            case 4 -> new Part.Question();
            case 5 ->
                !parts.isEmpty() && parts.getLast() instanceof Part.Star
                    ? new Part.Name('b')
                    : new Part.Star();
            case 6 -> begins ? new Part.Folders() : new Part.Question();
            case 7 -> new Part.Bracket(random.nextBoolean(), "ab".charAt(random.nextInt(2)));
            default -> new Part.Either(inner(random), inner(random));
          });
    }
    return parts;
  }

  /// Within braces neither `**` nor two stars side by side, which would mean something else once
  /// the braces are written out.
  private static List<Part> inner(RandomGenerator random) {
    return IntStream.range(0, random.nextInt(1, 3))
        .<Part>mapToObj(i ->
            switch (random.nextInt(3)) {
              case 0 -> new Part.Question();
              case 1 -> new Part.Name('a');
              default -> new Part.Name('b');
            })
        .toList();
  }

  private static String text(List<Part> parts) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(
          switch (part) {
            case Part.Name(char c) -> String.valueOf(c);
            case Part.Slash _ -> "/";
            case Part.Question _ -> "?";
            case Part.Star _ -> "*";
            case Part.Folders _ -> "**/";
            case Part.Bracket(boolean not, char c) -> (not ? "[!" : "[") + c + "]";
            case Part.Either(List<Part> one, List<Part> two) ->
                "{" + text(one) + "," + text(two) + "}";
          });
    }
    return text.toString();
  }

  private static List<List<Part>> expanded(List<Part> parts) {
    List<List<Part>> all = new ArrayList<>(List.of(List.of()));
    for (Part part : parts) {
      List<List<Part>> longer = new ArrayList<>();
      for (List<Part> before : all) {
        List<List<Part>> choices =
            part instanceof Part.Either(List<Part> one, List<Part> two)
                ? List.of(one, two)
                : List.of(List.of(part));
        for (List<Part> choice : choices) {
          List<Part> list = new ArrayList<>(before);
          list.addAll(choice);
          longer.add(list);
        }
      }
      all = longer;
    }
    return all;
  }

  private static boolean accepts(List<Part> parts, int i, String path, int at) {
    if (i == parts.size()) {
      // A glob that ends with a slash, as one that ends with **/, is everything in that folder.
      boolean folder =
          !parts.isEmpty()
              && (parts.getLast() instanceof Part.Slash || parts.getLast() instanceof Part.Folders);
      return folder ? at < path.length() : at == path.length();
    }
    boolean more = at < path.length();
    return switch (parts.get(i)) {
      case Part.Name(char c) -> more && path.charAt(at) == c && accepts(parts, i + 1, path, at + 1);
      case Part.Slash _ -> more && path.charAt(at) == '/' && accepts(parts, i + 1, path, at + 1);
      case Part.Question _ -> more && path.charAt(at) != '/' && accepts(parts, i + 1, path, at + 1);
      case Part.Star _ ->
          accepts(parts, i + 1, path, at)
              || more && path.charAt(at) != '/' && accepts(parts, i, path, at + 1);
      case Part.Folders _ -> {
        boolean found = accepts(parts, i + 1, path, at);
        for (int slash = path.indexOf('/', at); slash >= 0; slash = path.indexOf('/', slash + 1)) {
          found |= accepts(parts, i + 1, path, slash + 1);
        }
        yield found;
      }
      case Part.Bracket(boolean not, char c) ->
          more
              && path.charAt(at) != '/'
              && path.charAt(at) == c != not
              && accepts(parts, i + 1, path, at + 1);
      case Part.Either _ -> throw new IllegalStateException("written out before");
    };
  }

  /// Every path of `a`, `b`, `c` and `/` up to a length.
  private static List<String> paths(int longest) {
    List<String> all = new ArrayList<>();
    List<String> last = List.of("");
    for (int length = 1; length <= longest; length++) {
      last =
          last.stream()
              .flatMap(path -> List.of("a", "b", "/").stream().map(path::concat))
              .filter(path -> !path.startsWith("/") && !path.contains("//"))
              .toList();
      last.stream().filter(PathGlobTest::isPath).forEach(all::add);
    }
    return all;
  }

  private static PathGlob glob(String text) {
    return PathGlob.parse(text).orElseThrow(() -> new AssertionError(text));
  }

  private static void matches(String glob, String... paths) {
    for (String path : paths) {
      assertThat(glob(glob).matches(path)).as("%s on %s", glob, path).isTrue();
    }
  }

  private static void matchesNot(String glob, String... paths) {
    for (String path : paths) {
      assertThat(glob(glob).matches(path)).as("%s on %s", glob, path).isFalse();
    }
  }

  private static void meets(String one, String two) {
    assertThat(glob(one).meets(glob(two))).as("%s and %s", one, two).isTrue();
    assertThat(glob(two).meets(glob(one))).as("%s and %s", two, one).isTrue();
  }

  private static void meetsNot(String one, String two) {
    assertThat(glob(one).meets(glob(two))).as("%s and %s", one, two).isFalse();
    assertThat(glob(two).meets(glob(one))).as("%s and %s", two, one).isFalse();
  }
}
