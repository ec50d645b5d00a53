package dev.claudemesh.bench.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Words that nobody speaks, used as often as words of a language are (Zipf): a few are nearly in
/// every text, most hardly anywhere. The same words for the same seed. Used from one thread.
public final class Vocabulary {
  private static final int WORDS = 120_000;
  private static final double SHIFT = 2.7;
  private static final String[] BEGINNINGS =
      "b c d f g h j k l m n p r s t v w z br cr dr gr pl pr st tr ch sh".split(" ");
  private static final String[] VOWELS = "a e i o u ai ea oo".split(" ");
  private static final String[] ENDS = " , ,n,r,s,t,ing,ed,tion,er,ly,ment".split(",");

  private final List<String> words;
  private final double[] upTo = new double[WORDS];
  private final SplittableRandom random;

  public Vocabulary(long seed) {
    this.random = new SplittableRandom(seed);
    Set<String> known = new HashSet<>();
    this.words = new ArrayList<>(WORDS);
    while (words.size() < WORDS) {
      String word = invented();
      if (word.length() > 2 && known.add(word)) {
        words.add(word);
      }
    }
    double sum = 0;
    for (int rank = 0; rank < WORDS; rank++) {
      sum += 1 / (rank + SHIFT);
      upTo[rank] = sum;
    }
  }

  private String invented() {
    StringBuilder word = new StringBuilder();
    for (int syllables = random.nextInt(1, 4); syllables > 0; syllables--) {
      word.append(one(BEGINNINGS)).append(one(VOWELS));
    }
    return word.append(one(ENDS).strip()).toString();
  }

  private String one(String[] of) {
    return of[random.nextInt(of.length)];
  }

  /// The word of a rank; the smaller, the more frequent.
  public String word(int rank) {
    return words.get(rank);
  }

  /// A word of a rank between these, on a scale on which each step is ten times rarer.
  public String between(int from, int to) {
    return words.get((int) (from * Math.pow((double) to / from, random.nextDouble())));
  }

  /// A word as likely as it is in a text.
  public String next() {
    int at = Arrays.binarySearch(upTo, random.nextDouble() * upTo[WORDS - 1]);
    return words.get(Math.min(at < 0 ? -at - 1 : at, WORDS - 1));
  }

  /// So many words, a blank between them.
  public String text(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(next());
    }
    return text.toString();
  }

  /// A number below a limit, from the same seed.
  public int number(int below) {
    return random.nextInt(below);
  }
}
