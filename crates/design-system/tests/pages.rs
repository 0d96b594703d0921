//! What pages are made of: the layout, the assets, and what an author is told of a mistake.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Read;

use design_system::{AssetUse, DesignSystem, asset, assets, url};
use minijinja::context;

fn page(source: &str, context: minijinja::Value) -> String {
    let mut system = DesignSystem::new();
    system.add("page.njk", source).unwrap();
    system.render("page.njk", context).unwrap()
}

fn error(source: &str) -> String {
    let mut system = DesignSystem::new();
    let added = system.add("page.njk", source);
    added.and_then(|()| system.render("page.njk", context! {}).map(|_| ())).unwrap_err().to_string()
}

#[test]
fn the_layout_has_no_script_of_its_own_and_nothing_of_gov_uk() {
    let html = page(
        r#"{% extends "wakeful/page.njk" %}{% block pageTitle %}{{ title }}{% endblock %}{% block content %}<h1>{{ title }}</h1>{% endblock %}"#,
        context! { title => "Today <today>", navigation => [context! { text => "Today", href => "/", active => true }] },
    );
    assert!(html.contains("<title>Today &lt;today&gt;</title>"), "{html}");
    assert!(
        html.contains(r#"<a class="govuk-service-navigation__link" href="/" aria-current="true">"#),
        "{html}"
    );
    assert_eq!(html.matches("<script").count(), html.matches("></script>").count(), "{html}");
    assert_eq!(html.matches("<script").count(), 2);
    for unwanted in ["<style", " style=", "onload=", "onclick=", "javascript:", "crown", "GOV.UK", "<svg"] {
        assert!(!html.contains(unwanted), "`{unwanted}` is in {html}");
    }
}

#[test]
fn what_a_page_loads_is_there() {
    let html = page(r#"{% extends "wakeful/page.njk" %}"#, context! {});
    let addresses: Vec<&str> =
        html.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(addresses.len(), 3, "{html}");
    for address in addresses {
        assert!(asset(address).is_some_and(|(_, kept)| kept == AssetUse::Forever), "{address}");
    }
}

#[test]
fn an_asset_is_found_by_its_path_and_by_its_hash() {
    let (styles, kept) = asset("wakeful.css").unwrap();
    assert_eq!(kept, AssetUse::AskEachTime);
    assert_eq!(url("wakeful.css").unwrap(), format!("/assets/wakeful.{}.css", styles.hash));
    assert_eq!(asset(&format!("wakeful.{}.css", styles.hash)).unwrap(), (styles, AssetUse::Forever));
    assert_eq!(styles.etag, format!("W/\"{}\"", styles.hash));
    for absent in
        ["", "wakeful", "wakeful.0123456789abcdef.css", "../Cargo.toml", "images", "images/govuk-crest.svg"]
    {
        assert_eq!(asset(absent), None, "{absent}");
        assert_eq!(url(absent), None, "{absent}");
    }
}

#[test]
fn compressed_assets_are_the_assets() {
    for asset in assets() {
        if let Some(gzip) = asset.gzip {
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(gzip).read_to_end(&mut bytes).unwrap();
            assert!(bytes == asset.bytes && gzip.len() < asset.bytes.len(), "{}", asset.path);
        }
        if let Some(mut brotli) = asset.brotli {
            let mut bytes = Vec::new();
            brotli::BrotliDecompress(&mut brotli, &mut bytes).unwrap();
            assert!(
                bytes == asset.bytes && asset.gzip.is_none_or(|gzip| brotli.len() < gzip.len()),
                "{}",
                asset.path
            );
        }
    }
}

#[test]
fn a_first_page_is_small() {
    let loaded = ["wakeful.css", "wakeful.js", "enhanced.js", "govuk-frontend.min.js", "moj-frontend.min.js"];
    let sizes =
        loaded.map(|path| asset(path).map(|(asset, _)| asset.brotli.unwrap_or(asset.bytes).len()).unwrap());
    let bytes: usize = sizes.iter().sum();
    assert!(bytes < 60_000, "a page loads {bytes} bytes: {sizes:?}");
}

#[test]
fn styles_name_only_what_is_there_and_no_font_of_gov_uk() {
    let (styles, _) = asset("wakeful.css").unwrap();
    let styles = std::str::from_utf8(styles.bytes).unwrap();
    for named in styles.split("url(").skip(1) {
        let path = named.split(')').next().unwrap().trim_matches('"');
        assert!(path.strip_prefix("/assets/").and_then(asset).is_some(), "{path}");
    }
    assert!(!styles.contains("@font-face") && !styles.contains("GDS Transport"));
    assert!(styles.contains("font-family:system-ui"));
}

#[test]
fn texts_are_escaped_wherever_a_component_shows_them() {
    let attack = "\"><script>alert('x')</script>";
    let html = page(
        r#"{% from "govuk/components/input/macro.njk" import govukInput %}
           {% from "govuk/components/table/macro.njk" import govukTable %}
           {{ govukInput({ id: x, name: x, value: x, label: { text: x }, hint: { text: x }, classes: x, attributes: { a: x } }) }}
           {{ govukTable({ caption: x, head: [{ text: x }], rows: [[{ text: x }]] }) }}{{ x }}"#,
        context! { x => attack },
    );
    assert!(!html.contains("<script"), "{html}");
    assert!(html.matches("&lt;script&gt;").count() >= 10, "{html}");
}

#[test]
fn a_mistake_is_told_with_its_place() {
    assert_eq!(
        error("a\n{% if b %}\n"),
        "template `page.njk`: line 3: `endif` is missing at the end of the template"
    );
    assert_eq!(
        error("a\n\n{{ b + }}"),
        "template `page.njk`: line 3: a value is missing at the end of the tag"
    );
    assert_eq!(
        error("{% if not a == b %}{% endif %}"),
        "template `page.njk`: line 1: `not` stands before a comparison with `==`; put brackets round the comparison"
    );
    assert_eq!(
        error("{% for a in b %}{% endif %}"),
        "template `page.njk`: line 1: `endif` where `endfor` should be"
    );
    assert_eq!(error("{% endif %}"), "template `page.njk`: line 1: `endif` ends nothing; take it out");
    assert_eq!(
        error("{% ifs a %}"),
        "template `page.njk`: line 1: `ifs` is no tag; the tags are those of Nunjucks, without its asynchronous ones"
    );
    assert_eq!(error("{{ a ? b }}"), "template `page.njk`: line 1: cannot read `? b`; write an expression");
    assert_eq!(
        error("{# a\n -#}\n{%- set b -%}\n\n{% endset %}\n{{ nobody() }}"),
        "template `page.njk`: line 6: nobody is unknown"
    );
    assert_eq!(
        error("\n{{ asset('nothing.css') }}"),
        "template `page.njk`: line 2: there is no asset `nothing.css`; see `vendor/assets`"
    );
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(100), ")".repeat(100));
    assert!(error(&deep).ends_with("the expression nests more than 60 deep; `set` parts of it first"));
}

#[test]
fn the_innermost_mistake_is_told() {
    let mut system = DesignSystem::new();
    system.add("inner.njk", "\n\n{{ nobody() }}").unwrap();
    system.add("outer.njk", "{% include 'inner.njk' %}").unwrap();
    let error = system.render("outer.njk", context! {}).unwrap_err().to_string();
    assert_eq!(error, "template `inner.njk`: line 3: nobody is unknown");
    let error = system.render("absent.njk", context! {}).unwrap_err().to_string();
    assert_eq!(error, "template `absent.njk`: there is no such template");
}

#[test]
fn included_templates_see_what_loops_share() {
    let mut system = DesignSystem::new();
    system.add("row.njk", "{{ n }}:{{ item }} ").unwrap();
    system
        .add(
            "rows.njk",
            "{% set n = 0 %}{% for item in all %}{% set n = n + 1 %}{% include 'row.njk' %}{% endfor %}",
        )
        .unwrap();
    let html = system.render("rows.njk", context! { all => ["a", "b"] }).unwrap();
    assert_eq!(html, "1:a 2:b ");
}
