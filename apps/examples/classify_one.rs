// Classifies one image with a GFNet checkpoint, in Rust: classify_one MODEL IMAGE
// Prints CLASS,LABEL,PROBABILITY for the five most probable classes. Needs no crate:
//     rustc --edition 2021 -L FOLDER-OF-LIBGFNET -l gfnet classify_one.rs
// The extern block declares what this program uses of gfnet/c.h.
use std::ffi::{CStr, CString};
use std::mem::size_of;
use std::os::raw::{c_char, c_int};
use std::ptr::{null, null_mut};

mod c {
    use super::*;

    // Opaque handles.
    #[repr(C)]
    pub struct Error([u8; 0]);
    #[repr(C)]
    pub struct Model([u8; 0]);
    #[repr(C)]
    pub struct Classifier([u8; 0]);
    #[repr(C)]
    pub struct Results([u8; 0]);

    #[repr(C)]
    pub struct ModelOptions {
        pub struct_size: usize,
        pub weights: *const c_char,
    }

    #[repr(C)]
    pub struct ClassifierOptions {
        pub struct_size: usize,
        pub device: *const c_char,
        pub cache_directory: *const c_char,
        pub image_height: i64,
        pub image_width: i64,
        pub top_k: i64,
        pub precision: i32,
        pub tuning: i32,
        pub scores: i32,
        pub features: i32,
    }

    #[repr(C)]
    pub struct ImageOptions {
        pub struct_size: usize,
        pub apply_orientation: i32,
        pub reserved: i32,
    }

    #[repr(C)]
    pub struct Prediction {
        pub index: i64,
        pub label: *const c_char,
        pub short_label: *const c_char,
        pub synset: *const c_char,
        pub probability: f32,
    }

    #[repr(C)]
    pub struct Result {
        pub struct_size: usize,
        pub top: *const Prediction,
        pub top_count: usize,
        pub logits: *const f32,
        pub logit_count: usize,
        pub features: *const f32,
        pub feature_count: usize,
        pub fault: *const c_char,
    }

    extern "C" {
        pub fn gfnet_error_code(error: *const Error) -> c_int;
        pub fn gfnet_error_message(error: *const Error) -> *const c_char;
        pub fn gfnet_error_free(error: *mut Error);
        pub fn gfnet_model_load(path: *const c_char, options: *const ModelOptions, model: *mut *mut Model)
            -> *mut Error;
        pub fn gfnet_model_free(model: *mut Model);
        pub fn gfnet_classifier_create(model: *const Model, options: *const ClassifierOptions,
                                       classifier: *mut *mut Classifier) -> *mut Error;
        pub fn gfnet_classifier_free(classifier: *mut Classifier);
        pub fn gfnet_classify_file(classifier: *mut Classifier, path: *const c_char,
                                   options: *const ImageOptions, results: *mut *mut Results) -> *mut Error;
        pub fn gfnet_results_get(results: *const Results, index: usize, result: *mut Result) -> *mut Error;
        pub fn gfnet_results_free(results: *mut Results);
    }
}

#[derive(Debug)]
struct Error {
    code: i32,
    message: String,
}

fn text(from: *const c_char) -> String {
    unsafe { CStr::from_ptr(from) }.to_string_lossy().into_owned()
}

/// The result of a call: takes the error, if there is one, and frees it.
fn check(error: *mut c::Error) -> Result<(), Error> {
    if error.is_null() {
        return Ok(());
    }
    unsafe {
        let taken = Error { code: c::gfnet_error_code(error), message: text(c::gfnet_error_message(error)) };
        c::gfnet_error_free(error);
        Err(taken)
    }
}

fn c_text(from: &str) -> Result<CString, Error> {
    CString::new(from).map_err(|error| Error { code: 1, message: error.to_string() })
}

struct Model(*mut c::Model);

impl Model {
    fn load(path: &str) -> Result<Model, Error> {
        let mut model = null_mut();
        check(unsafe { c::gfnet_model_load(c_text(path)?.as_ptr(), null(), &mut model) })?;
        Ok(Model(model))
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        unsafe { c::gfnet_model_free(self.0) }
    }
}

struct Prediction {
    class: i64,
    label: String,
    probability: f32,
}

struct Classifier(*mut c::Classifier);

// Calls with one classifier wait for one another.
unsafe impl Send for Classifier {}
unsafe impl Sync for Classifier {}

impl Classifier {
    fn new(model: &Model, top_k: i64) -> Result<Classifier, Error> {
        let options = c::ClassifierOptions {
            struct_size: size_of::<c::ClassifierOptions>(), device: null(), cache_directory: null(),
            image_height: 0, image_width: 0, top_k, precision: 0, tuning: 0, scores: 0, features: 0,
        };
        let mut classifier = null_mut();
        check(unsafe { c::gfnet_classifier_create(model.0, &options, &mut classifier) })?;
        Ok(Classifier(classifier))
    }

    fn classify_file(&self, path: &str) -> Result<Vec<Prediction>, Error> {
        let mut results = null_mut();
        check(unsafe { c::gfnet_classify_file(self.0, c_text(path)?.as_ptr(), null(), &mut results) })?;
        let mut result = c::Result {
            struct_size: size_of::<c::Result>(), top: null(), top_count: 0, logits: null(), logit_count: 0,
            features: null(), feature_count: 0, fault: null(),
        };
        let got = check(unsafe { c::gfnet_results_get(results, 0, &mut result) });
        let mut predictions = Vec::new();
        if got.is_ok() {
            for prediction in unsafe { std::slice::from_raw_parts(result.top, result.top_count) } {
                predictions.push(Prediction {
                    class: prediction.index, label: text(prediction.label), probability: prediction.probability,
                });
            }
        }
        unsafe { c::gfnet_results_free(results) };
        got.map(|_| predictions)
    }
}

impl Drop for Classifier {
    fn drop(&mut self) {
        unsafe { c::gfnet_classifier_free(self.0) }
    }
}

fn run(model: &str, image: &str) -> Result<(), Error> {
    let classifier = Classifier::new(&Model::load(model)?, 5)?;
    // From two threads at once, to show that they may share a classifier.
    let (first, second) = std::thread::scope(|scope| {
        let other = scope.spawn(|| classifier.classify_file(image));
        (classifier.classify_file(image), other.join().expect("the thread has panicked"))
    });
    for (mine, others) in first?.iter().zip(second?.iter()) {
        assert_eq!((mine.class, mine.probability), (others.class, others.probability));
        println!("{},{},{}", mine.class, mine.label, mine.probability);
    }
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() != 3 {
        eprintln!("usage: classify_one MODEL IMAGE");
        std::process::exit(2);
    }
    if let Err(error) = run(&arguments[1], &arguments[2]) {
        eprintln!("classify_one: {} (code {})", error.message, error.code);
        std::process::exit(1);
    }
}
