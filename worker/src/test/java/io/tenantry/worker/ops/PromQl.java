package io.tenantry.worker.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression: of metrics, with the labels that are matched, and of labels in clauses. It
 * understands what our rules and dashboards use, and refuses the rest; promtool checks the whole grammar.
 *
 * @param selectors in the order of the text
 * @param groupings each {@code sum}, {@code max} and the like, the outer ones first
 * @param joins labels of {@code on}, {@code ignoring}, {@code group_left} and {@code group_right}
 */
record PromQl(List<Selector> selectors, List<Grouping> groupings, List<String> joins) {
    /** A metric, by the name of its series, for example {@code tenantry_requests_seconds_bucket}. */
    record Selector(String metric, List<LabelMatcher> matchers) {}

    /** For example {@code outcome="failed"}; the operator is one of {@code = != =~ !~}. */
    record LabelMatcher(String label, String operator, String value) {}

    /**
     * An aggregation.
     *
     * @param operator for example {@code sum}
     * @param labels that stay; empty: none
     * @param selectors whose series are aggregated
     * @param joined whether some of them only select series of others, by {@code on} or {@code ignoring}
     */
    record Grouping(String operator, List<String> labels, List<Selector> selectors, boolean joined) {}

    private static final Pattern TOKEN = Pattern.compile("\\s+|#[^\\n]*|(?<token>"
            + "\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'" // strings
            + "|\\[[^\\]]*]" // ranges
            + "|[a-zA-Z_:][a-zA-Z0-9_:]*" // names and words
            + "|[0-9][0-9a-z.]*" // numbers and durations
            + "|=~|!~|!=|==|<=|>=|[(){},=<>+\\-*/%^])");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:].*");
    private static final Set<String> AGGREGATIONS =
            Set.of("sum", "min", "max", "avg", "count", "topk", "bottomk", "quantile", "group", "stddev", "stdvar");
    private static final Set<String> JOINS = Set.of("on", "ignoring", "group_left", "group_right");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "bool");

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException it has something that this class does not understand
     */
    static PromQl of(String expression) {
        PromQl read = new PromQl(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        read.read(new Tokens(tokens(expression), expression));
        return read;
    }

    private static List<String> tokens(String expression) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(expression);
        int end = 0;
        while (end < expression.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException(
                        "cannot read \"" + expression.substring(end) + "\" at the end of \"" + expression + "\"");
            }
            end = matcher.end();
            if (matcher.group("token") != null) {
                tokens.add(matcher.group("token"));
            }
        }
        return tokens;
    }

    private void read(Tokens tokens) {
        while (tokens.hasNext()) {
            String token = tokens.next();
            if (token.equals("{")) {
                throw tokens.fault("a selector without the name of a metric");
            } else if (token.equals("by") || token.equals("without")) {
                throw tokens.fault("by after its operand, or without: write \"sum by (...) (...)\"");
            } else if (AGGREGATIONS.contains(token)) {
                List<String> labels = tokens.skip("by") ? tokens.labels() : List.of();
                PromQl operand = of(tokens.inParentheses());
                groupings.add(new Grouping(
                        token, labels, operand.selectors(), !operand.joins().isEmpty()));
            } else if (JOINS.contains(token)) {
                if (tokens.isNext("(")) {
                    joins.addAll(tokens.labels());
                }
            } else if (NAME.matcher(token).matches() && !WORDS.contains(token) && !tokens.isNext("(")) {
                selectors.add(new Selector(token, tokens.isNext("{") ? tokens.matchers() : List.of()));
            }
        }
    }

    private static final class Tokens {
        private final List<String> all;
        private final String expression;
        private int next;

        Tokens(List<String> all, String expression) {
            this.all = all;
            this.expression = expression;
        }

        boolean hasNext() {
            return next < all.size();
        }

        String next() {
            if (!hasNext()) {
                throw fault("an end that comes too early");
            }
            return all.get(next++);
        }

        boolean isNext(String token) {
            return hasNext() && all.get(next).equals(token);
        }

        /** Passes this token if it is next; returns whether it was. */
        boolean skip(String token) {
            boolean found = isNext(token);
            next += found ? 1 : 0;
            return found;
        }

        /** What is between the brace that is next and its end. */
        List<LabelMatcher> matchers() {
            List<LabelMatcher> matchers = new ArrayList<>();
            next();
            while (!isNext("}")) {
                String label = next();
                String operator = next();
                String quoted = next();
                matchers.add(new LabelMatcher(label, operator, quoted.substring(1, quoted.length() - 1)));
                skip(",");
            }
            next();
            return matchers;
        }

        List<String> labels() {
            List<String> labels = new ArrayList<>();
            if (!next().equals("(")) {
                throw fault("a clause without labels");
            }
            for (String token = next(); !token.equals(")"); token = next()) {
                if (!token.equals(",")) {
                    labels.add(token);
                }
            }
            return labels;
        }

        /** What is between the parenthesis that is next and its end; the position stays before it. */
        String inParentheses() {
            if (!isNext("(")) {
                throw fault("an aggregation without an operand");
            }
            int depth = 0;
            int end = next;
            do {
                if (end == all.size()) {
                    throw fault("a parenthesis without an end");
                }
                depth += all.get(end).equals("(") ? 1 : all.get(end).equals(")") ? -1 : 0;
                end++;
            } while (depth > 0);
            return String.join(" ", all.subList(next + 1, end - 1));
        }

        IllegalArgumentException fault(String what) {
            return new IllegalArgumentException("found " + what + " in \"" + expression + "\"");
        }
    }
}
