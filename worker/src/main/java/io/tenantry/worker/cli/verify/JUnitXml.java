package io.tenantry.worker.cli.verify;

import io.tenantry.worker.engine.proof.Finding;
import io.tenantry.worker.engine.proof.Finding.Severity;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.verify.DatabaseReport;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * Reports as JUnit XML, as CI servers read it: a suite a database (and server, if it was tried on several), a case a script, and a case for each check that has found
 * something in a script. Errors are failures; warnings are output of their case, and failures if they count as errors.
 *
 * @see <a href="https://github.com/testmoapp/junitxml">the format, as far as it is common</a>
 */
final class JUnitXml {
    private final XMLStreamWriter xml;
    private final boolean strict;

    private JUnitXml(XMLStreamWriter xml, boolean strict) {
        this.xml = xml;
        this.strict = strict;
    }

    /** Why the file cannot be written, before anything is tried; empty if nothing speaks against it. */
    static Optional<String> whyNot(Path file) {
        if (file.toString().isBlank()) {
            return Optional.of("the name of the file is empty");
        }
        if (Files.isDirectory(file)) {
            return Optional.of(file + " is a folder; give the file to write");
        }
        @Nullable Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return Optional.of("there is no folder " + folder + ": make it first");
        }
        return Files.isWritable(Files.exists(file) ? file : folder)
                ? Optional.empty()
                : Optional.of(file + " cannot be written: no permission");
    }

    /**
     * Writes a file, and replaces one that is there.
     *
     * @param strict whether warnings are failures
     * @param ended why databases have no report; null if each has one
     */
    static void write(Path file, List<DatabaseReport> reports, boolean strict, @Nullable String ended)
            throws OperationFailedException {
        try (Writer writer = Files.newBufferedWriter(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(writer);
            new JUnitXml(xml, strict).write(reports, ended);
            xml.close();
        } catch (IOException | XMLStreamException failure) {
            throw new OperationFailedException(
                    "the file of --junit, " + file + ", cannot be written: " + failure, failure);
        }
    }

    private void write(List<DatabaseReport> reports, @Nullable String ended) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("testsuites");
        for (DatabaseReport report : reports) {
            boolean isOneOfSeveral = reports.stream()
                            .filter(other -> other.database().equals(report.database()))
                            .count()
                    > 1;
            suite(text(report.database()) + (isOneOfSeveral ? " on " + text(report.server()) : ""), cases(report));
        }
        if (ended != null) {
            Finding failure = new Finding(Severity.ERROR, "not-tried", null, null, ended);
            suite("run", Map.of(failure.check(), List.of(failure)));
        }
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void suite(String name, Map<String, List<Finding>> cases) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", "tenantry verify " + name);
        xml.writeAttribute("tests", String.valueOf(cases.size()));
        xml.writeAttribute(
                "failures",
                String.valueOf(cases.values().stream()
                        .filter(found -> found.stream().anyMatch(this::isFailure))
                        .count()));
        for (Map.Entry<String, List<Finding>> one : cases.entrySet()) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", name);
            xml.writeAttribute("name", text(one.getKey()));
            content(one.getValue());
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** By name; a script without findings is a case without any. */
    private static Map<String, List<Finding>> cases(DatabaseReport report) {
        Map<String, List<Finding>> found = new TreeMap<>(report.findings().stream()
                .collect(Collectors.groupingBy(finding ->
                        finding.script() == null ? finding.check() : finding.script() + ": " + finding.check())));
        Map<String, List<Finding>> cases = new LinkedHashMap<>();
        report.scripts().forEach(script -> cases.put(script, List.of()));
        cases.putAll(found);
        return cases;
    }

    private void content(List<Finding> findings) throws XMLStreamException {
        for (Finding finding : findings) {
            if (isFailure(finding)) {
                xml.writeStartElement("failure");
                xml.writeAttribute("type", finding.severity().name());
                xml.writeAttribute("message", text(line(finding)));
                xml.writeEndElement();
            }
        }
        String rest = findings.stream()
                .filter(finding -> !isFailure(finding))
                .map(JUnitXml::line)
                .collect(Collectors.joining("\n"));
        if (!rest.isEmpty()) {
            xml.writeStartElement("system-out");
            xml.writeCharacters(text(rest));
            xml.writeEndElement();
        }
    }

    private boolean isFailure(Finding finding) {
        return finding.severity() == Severity.ERROR || (strict && finding.severity() == Severity.WARNING);
    }

    private static String line(Finding finding) {
        return (finding.line() == null ? "" : "line " + finding.line() + ": ") + finding.sentence();
    }

    /** XML 1.0 has neither control characters nor halves of a surrogate pair. */
    private static String text(String text) {
        return text.codePoints()
                .map(next -> isAllowed(next) ? next : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isAllowed(int next) {
        return next == '\n'
                || next == '\t'
                || (next >= ' ' && next < 0xD800)
                || (next >= 0xE000 && next < 0xFFFE)
                || next >= 0x10000;
    }
}
