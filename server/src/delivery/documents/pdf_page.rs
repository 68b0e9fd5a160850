//! One PDF page being drawn: lines of text, rules, squares and pictures, in the page's own unit, tagged in
//! reading order so that a screen reader can follow (PDF 32000-1 §14.8).

use super::{
    qr::{DarkRun, QrModules},
    typeset::{Block, Line},
};
use krilla::{
    color::luma,
    geom::{PathBuilder, Point, Rect, Size, Transform},
    graphic::Graphic,
    paint::{Fill, FillRule, Stroke, StrokeDash},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, SpanTag, Tag, TagGroup},
};
use krilla_svg::{SurfaceExt, SvgSettings};
use std::{collections::HashMap, num::NonZeroU16, sync::Arc};
use usvg::Tree;

/// Black and the grey of secondary text, which still prints well with one colour.
#[derive(Debug, Clone, Copy)]
pub enum Ink {
    Black,
    Grey,
}

/// What a paragraph is.
#[derive(Debug, Clone, Copy)]
pub enum Role {
    Heading,
    Paragraph,
}

/// Lines of a paragraph and where they stand.
pub struct Piece<'a> {
    pub x: f32,
    /// Of the first line.
    pub baseline: f32,
    pub block: &'a Block,
    pub ink: Ink,
}

/// A place on the page.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Pictures drawn in this document, so that each is stored once however often it is shown.
#[derive(Default)]
pub struct Pictures(HashMap<*const Tree, Graphic>);

/// A page being drawn. [`Self::finish`] ends it.
pub struct PdfPage<'a> {
    surface: Surface<'a>,
    reading: TagGroup,
}

impl<'a> PdfPage<'a> {
    /// `scale` is how many points (1/72 inch) the page's unit has.
    pub fn new(mut surface: Surface<'a>, scale: f32) -> Self {
        surface.push_transform(&Transform::from_scale(scale, scale));
        Self { surface, reading: TagGroup::new(Tag::Section) }
    }

    /// What was drawn, in reading order.
    pub fn finish(mut self) -> TagGroup {
        self.surface.pop();
        self.surface.finish();
        self.reading
    }

    /// Draws what belongs together for a reader, such as a label and its value.
    pub fn write(&mut self, role: Role, pieces: &[Piece<'_>]) {
        let mut group = match role {
            Role::Heading => TagGroup::new(Tag::Hn(NonZeroU16::MIN, None)),
            Role::Paragraph => TagGroup::new(Tag::P),
        };
        for Piece { x, baseline, block, ink } in pieces {
            for (position, line) in block.lines.iter().enumerate() {
                let span = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                self.draw_line(*x, baseline + block.leading * position as f32, line, *ink);
                self.surface.end_tagged();
                group.push(span);
            }
        }
        self.reading.push(group);
    }

    /// A full line from left to right.
    pub fn rule(&mut self, x: f32, y: f32, width: f32, thickness: f32) {
        self.line_across(x, y, width, thickness, None);
    }

    /// A line to tear along.
    pub fn tear_line(&mut self, x: f32, y: f32, width: f32) {
        self.line_across(x, y, width, 2.0, Some(StrokeDash { array: vec![6.0, 4.0], offset: 0.0 }));
    }

    /// A QR code whose modules are `module` wide; its quiet zone is the caller's to keep clear.
    pub fn qr(&mut self, x: f32, y: f32, module: f32, modules: &QrModules, description: &str) {
        let mut path = PathBuilder::new();
        for run in modules.dark_runs() {
            let DarkRun { x: column, y: row, length } = run;
            let (left, top) = (x + column as f32 * module, y + row as f32 * module);
            let square = Rect::from_xywh(left, top, length as f32 * module, module);
            path.push_rect(square.expect("a run has a width and a height"));
        }
        let figure = self.surface.start_tagged(ContentTag::Other);
        self.fill(Ink::Black);
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
        self.surface.end_tagged();
        self.push_figure(figure, description);
    }

    /// A picture, cut to rounded corners. One of other proportions is centred and cut to fill the frame.
    pub fn picture(&mut self, frame: Frame, radius: f32, tree: &Arc<Tree>, pictures: &mut Pictures, description: &str) {
        let Some(graphic) = self.graphic(tree, pictures) else { return };
        let scale = (frame.width / tree.size().width()).max(frame.height / tree.size().height());
        let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
        let (left, top) = (frame.x + (frame.width - width) / 2.0, frame.y + (frame.height - height) / 2.0);
        let figure = self.surface.start_tagged(ContentTag::Other);
        self.surface.push_clip_path(&rounded(frame, radius), &FillRule::NonZero);
        self.surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, left, top));
        self.surface.draw_graphic(graphic);
        self.surface.pop();
        self.surface.pop();
        self.surface.end_tagged();
        self.push_figure(figure, description);
    }

    fn graphic(&mut self, tree: &Arc<Tree>, pictures: &mut Pictures) -> Option<Graphic> {
        if let Some(known) = pictures.0.get(&Arc::as_ptr(tree)) {
            return Some(known.clone());
        }
        let size = Size::from_wh(tree.size().width(), tree.size().height())?;
        let mut builder = self.surface.stream_builder();
        let mut surface = builder.surface();
        // Lettering of a poster is part of the picture: outlines, not text to be read.
        surface.draw_svg(tree, size, SvgSettings { embed_text: false, ..SvgSettings::default() })?;
        surface.finish();
        let graphic = Graphic::new(builder.finish(), true);
        pictures.0.insert(Arc::as_ptr(tree), graphic.clone());
        Some(graphic)
    }

    fn push_figure(&mut self, figure: krilla::tagging::Identifier, description: &str) {
        let mut group = TagGroup::new(Tag::Figure(Some(description.to_owned())));
        group.push(figure);
        self.reading.push(group);
    }

    fn draw_line(&mut self, x: f32, baseline: f32, line: &Line, ink: Ink) {
        self.fill(ink);
        let start = Point::from_xy(x, baseline);
        self.surface.draw_glyphs(start, &line.glyphs, line.font.clone(), &line.text, line.size, false);
    }

    fn line_across(&mut self, x: f32, y: f32, width: f32, thickness: f32, dash: Option<StrokeDash>) {
        let mut path = PathBuilder::new();
        path.move_to(x, y);
        path.line_to(x + width, y);
        let path = path.finish().expect("a line of two points is a path");
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)));
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: luma::Color::black().into(),
            width: thickness,
            dash,
            ..Stroke::default()
        }));
        self.surface.draw_path(&path);
        self.surface.end_tagged();
    }

    fn fill(&mut self, ink: Ink) {
        let lightness = match ink {
            Ink::Black => 0,
            Ink::Grey => 68,
        };
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill { paint: luma::Color::new(lightness).into(), ..Fill::default() }));
    }
}

/// A rectangle with rounded corners. The curve's handles are at 0.5523 of the radius, which comes
/// closest to a circle.
fn rounded(Frame { x, y, width, height }: Frame, radius: f32) -> krilla::geom::Path {
    const HANDLE: f32 = 0.5523;
    let (right, bottom, k) = (x + width, y + height, radius * (1.0 - HANDLE));
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - k, y, right, y + k, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - k, right - k, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + k, bottom, x, bottom - k, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + k, x + k, y, x + radius, y);
    path.close();
    path.finish().expect("a rectangle is a path")
}
