"""Names of units in the other languages: one table, and how squares, cubes and rates are made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from unicodedata import normalize

from dartmath.base.regex import regex

MAX_PHRASE = 60
"""Characters of a unit in words."""

_TABLE = """
cm | centymetr centymetry centymetrów santimetre เซนติเมตร ซม সেন্টিমিটার সেমি సెంటీమీటర్లు से.मी
  sentimita senttimetriä centimetrů centimetara сантиметри сантиметрів εκατοστά סנטימטר سانتیمتر
  सेमी 센티 센치 厘米 公分 センチメートル センチ 센티미터 센치미터 сантиметр сантиметра сантиметров см
  centímetro centímetros centimetro centimetri centimètre centimètres zentimeter सेंटीमीटर سنتيمتر سم
mm | milimetr milimetry milimetrów milimetre มิลลิเมตร มม মিলিমিটার मि.मी
  मिमी 毫米 公厘 ミリメートル ミリ 밀리미터 миллиметр миллиметра миллиметров мм milímetro milímetros
  millimetro millimetri millimètre millimètres मिलीमीटर مليمتر ملم
dm | 分米 デシメートル 데시미터 дециметр дециметров decímetro decímetros decimetro decimetri décimètre
  décimètres dezimeter डेसीमीटर
km | kilometr kilometry kilometrów kilometre กิโลเมตร กม কিলোমিটার কিমি కిలోమీటర్లు కిలోమీటర్ कि.मी
  kilometriä kilometrů kilometara кілометрів χιλιόμετρα קילומטר کیلومتر کلومیٹر
  kilometrar kilometroa
  किमी 킬로 키로 公裏 千米 公里 キロメートル キロ 킬로미터 километр километра километров км kilómetro
  kilómetros quilômetro quilômetros quilómetro quilómetros chilometro chilometri kilomètre kilomètres
  ki-lô-mét किलोमीटर كيلومتر كيلومترات كم
m | م
  mita metriä metrů metara метри метрів μέτρα מטר میٹر
  metr metry metrów metre เมตร মিটার మీటర్లు మీటర్
  मी 메터 米 公尺 メートル 미터 метр метра метров м mètre mètres metro metros metri mét मीटर متر أمتار
um | 微米 マイクロメートル 마이크로미터 микрометр микрометров micrómetro micrómetros micrômetro
  micrômetros micrometro micrometri micromètre micromètres mikrometer
nm | нм
  纳米 ナノメートル 나노미터 нанометр нанометров nanómetro nanómetros nanômetro nanômetros nanometro
  nanometri nanomètre nanomètres
pm | 皮米 ピコメートル 피코미터 пикометр пикометров picómetro picómetros picômetro picômetros picometro
  picometri picomètre picomètres pikometer पिकोमीटर
hm | hectómetro hectómetros hectômetro hectômetros hectomètre hectomètres
units | หน่วย একক యూనిట్లు eenheden enheter enheder jednotek jednostek birim satuan 单位 單位 個単位 単位 단위
  единиц единицы единица einheiten einheit unidades unidade unités
inches | นิ้ว ইঞ্চি అంగుళాలు 英吋 吋 英寸 インチ 인치 дюйм дюйма дюймов pulgada pulgadas polegada
  polegadas pollice pollici
  pouce pouces zoll इंच بوصة بوصات
feet | ฟุต ফুট అడుగులు futi 英尺 呎 フィート 피트 фут фута футов pé pés piede piedi pied pieds fuß
  फुट फीट फ़ीट قدم أقدام
yards | 码 ヤード 야드 ярд ярда ярдов yarda yardas jarda jardas iarda iarde गज ياردة
miles | ไมล์ মাইল మైళ్లు మైలు மைல் 마일즈 英裏 英里 マイル 마일 миля мили миль milla millas milha
  milhas miglio miglia meile meilen
  maili mijl mailia μίλια מייל مایل میل mérföld milja
  mille milles मील ميل أميال
kg | kilogramów kilogramy กิโลกรัม กก কিলোগ্রাম কেজি కిలోగ్రాములు కిలోలు कि.ग्रा
  kilogramu kilogramů kilograma кілограмів килограма κιλά קילוגרם کیلوگرم کلوگرام
  किग्रा किलोग्राम
  quilo quilos chilo chili kilos كيلوجرام كجم كيلو 千克 公斤 キログラム 킬로그램 килограмм килограмма
  килограммов кг kilogramo kilogramos quilograma quilogramas chilogrammo chilogrammi kilogramme
  kilogrammes kilogramm किलोग्राम किलो كيلوغرام كغ
g | gramów gramy กรัม গ্রাম గ్రాములు
  gramu grammaa gramů грама грамів γραμμάρια גרם گرم گرام
  غم جم 克 公克 グラム 그램 그람 грамм грамма граммов г gramo gramos grama gramas grammo grammi gramme
  grammes gramm ग्राम غرام غرامات جرام جرامات
mg | ملغ ملج 毫克 ミリグラム 밀리그램 миллиграмм миллиграмма миллиграммов мг miligramo miligramos
  miligrama miligramas milligrammo milligrammi milligramme milligrammes milligramm मिलीग्राम مليغرام
ug | 微克 マイクログラム 마이크로그램 микрограмм микрограммов microgramo microgramos micrograma
  microgramas microgrammo microgrammi microgramme microgrammes mikrogramm
tonnes | 吨 噸 公吨 トン メートルトン 톤 метрическая_тонна тонна тонны тонн tonelada toneladas
  tonelada_métrica toneladas_métricas tonnellata tonnellate tonnellata_metrica tonnellate_metriche
  tonne_métrique tonnes_métriques tấn टन मीट्रिक_टन طن أطنان
pounds | ปอนด์ পাউন্ড పౌండ్లు 磅 ポンド 파운드 фунт фунта фунтов libra libras libbra libbre livre
  livres pfund पौंड पाउंड رطل
  أرطال
ounces | ออนซ์ আউন্স اونصة اونصات أونصات 盎司 オンス 온스 унция унции унций onza onzas onça onças
  oncia unze unzen
  औंस أونصة
liters | litrów litry litre ลิตร লিটার లీటర్లు
  lita litraa litrů litara літрів λίτρα ליטר لیتر لیٹر
  升 公升 リットル 리터 литр литра литров л litro litros litri litre litres lít लीटर لتر لترات
  ليتر
mL | 미리리터 مل ميليلتر ملي_لتر مليلترات 毫升 ミリリットル 밀리리터 миллилитр миллилитра миллилитров мл
  mililitro mililitros millilitro millilitri millilitre millilitres मिलीलीटर مليلتر
hL | 헥토리터 гл هكتوليتر هكتو_ليتر 百升 hectolitro hectolitros ettolitro ettolitri hectolitre
  hectolitres гектолитр гектолитра
gallons | แกลลอน গ্যালন గ్యాలన్లు غالونات جالونات 加仑 加侖 ガロン 갤런 갤론 галлон галлона галлонов
  galón galones galão galões
  gallone galloni गैलन غالون جالون
barrels | 桶 バレル 배럴 баррель барреля баррелей barril barriles barris barile barili baril barils
  barrel बैरल برميل
cups | ถ้วย কাপ కప్పులు اكواب カップ 컵 стакан стакана стаканов taza tazas xícara xícaras tazza
  tazze tasse tassen كوب
  أكواب
tablespoons | 汤匙 湯匙 大さじ 큰술 столовая_ложка столовых_ложки столовых_ложек cucharada cucharadas
  colher_de_sopa colheres_de_sopa cuillère_à_soupe cuillères_à_soupe esslöffel
teaspoons | 茶匙 小さじ 작은술 чайная_ложка чайных_ложки чайных_ложек cucharadita cucharaditas
  cuillère_à_café cuillères_à_café teelöffel
acres | 英亩 エーカー 에이커 акр акра акров acro acri एकड़ فدان
hectares | 公顷 ヘクタール 헥타르 гектар гектара гектаров га hectárea hectáreas hectare ettaro ettari
  hektar हेक्टेयर هكتار
seconds | ث
  sekunder sekuntia секунди másodperc δευτερόλεπτα שניות ثانیه سیکنڈ
  sekundę sekundy sekund saniye detik วินาที সেকেন্ড సెకన్లు
  сек 秒 秒钟 秒間 초 секунда секунды секунд с segundo segundos seconde secondes sekunde sekunden
  secondo secondi giây सेकंड सेकेंड ثانية ثوان ثواني
minutes | minutę minuty minut dakika menit นาที মিনিট నిమిషాలు
  minuuttia minuta минути хвилин хвилини λεπτά דקות دقیقه منٹ நிமிடங்கள் मिनिटे ደቂቃ
  minuter minutter
  分钟 分鐘 分間 分 분 минута минуты минут мин minuto minutos minute minuten minuti phút मिनट
  دقيقة دقائق
hours | 时 godzina godzinę godziny godzin saat jam ชั่วโมง ঘণ্টা ঘন্টা గంటలు గంట uur
  saa masaa timmar timme timer tuntia tunti hodin hodiny hodina hodín sati
  годин часове óra órát ώρες ώρα שעות שעה ساعت گھنٹے گھنٹہ மணிநேரம் तास oras ሰዓት uren
  小时 小時 時間 시간 час часа часов ч hora horas heure heures stunde stunden ora ore giờ ساعة
  ساعات घंटा घंटे
days | dzień dni gün hari วัน দিন రోజులు రోజు dagen
  siku dagar dage päivää dní dny dana днів дні дни nap ημέρες μέρες ימים روز دن நாட்கள் दिवस araw
  zile ቀን dager
  天 日 일 день дня дней día días dia dias jour jours tag tage giorno giorni ngày दिन يوم أيام
weeks | tydzień tygodnie tygodni hafta minggu สัปดาห์ সপ্তাহ వారాలు weken
  wiki veckor uger uker viikkoa týdnů týdny tjedana тижнів тижні седмици εβδομάδες שבועות هفته
  ہفتے săptămâni linggo
  周 週 週間 星期 주 주일 неделя недели недель semana semanas semaine semaines woche wochen
  settimana settimane tuần सप्ताह हफ्ते हफ़्ते أسبوع أسابيع
months | miesiąc miesiące miesięcy bulan เดือน মাস నెలలు maanden
  miezi mwezi månader måneder kuukautta měsíců měsíce mjeseci місяців месеца hónap μήνες חודשים ماه
  مہینے luni buwan
  个月 個月 か月 ヶ月 ヵ月 カ月 개월 달 месяц месяца месяцев mes meses mês monat monate monaten
  mese mesi mois tháng महीना महीने शहر شهر أشهر
years | lata yıl tahun ปี বছর సంవత్సరాలు jaar
  miaka mwaka år vuotta roky rokov godina років роки év χρόνια έτη שנים سال ani taon ዓመት
  年 岁 歳 周岁 週歲 歲 才 년 세 살 год года лет año años ano anos anno anni ans année années jahr
  jahre jahren năm साल वर्ष سنة سنوات عام
taka | টাকা
baht | บาท
zlotys | złoty złote złotych zł
dong | đồng
riyals | ريال
dirhams | درهم
m^2 | metrekare
km^2 | kilometrekare
cm^2 | santimetrekare
yuan | 圆 圓 人民币元 元 块 人民币 元人民币 块钱
dollars | đô đô_la_mỹ đô_mỹ đôla dolarów dolar ดอลลาร์ ডলার డాలర్లు డాలర్
  dola dollaria dolarů dolárov dolara dolarjev долара долари доларів dollár δολάρια דולר דולרים
  دلار ڈالر டாலர் टाका dolyar dòla dolari dolary
  美元 美金 ドル 米ドル 달러 доллар доллара долларов dólar dólares dollaro dollari डॉलर दॉलर
  đô_la دولار دولارات
cents | เซ็นต์ সেন্ট céntimo céntimos centime centimes centimos xu centésimos سنتات
  美分 セント 센트 цент цента центов centavo centavos centesimo centesimi सेंट سنت
yen | yenes ienes 円 日元 엔 иена иены иен
won | 韩币 원화 wones 韩圆 원 韩元
rupees | 印度卢比 रुपये रुपए रुपया
euros | ยูโร ইউরো ơ_rô 欧元 ユーロ 유로 евро यूरो يورو
  евра eurot euroa eura ευρώ אירו
gbp | 英镑 英鎊 sterlina sterline libra_esterlina libras_esterlinas livre_sterling livres_sterling
  фунт_стерлингов фунта_стерлингов фунтов_стерлингов bảng_anh पाउंड_स्टर्लिंग
kopeks | копейка копейки копеек коп copeca copechi copeques kopeken
paise | पैसा पैसे
pence | penique peniques पेंस пенни пенсов
mmHg | мм_рт_ст мм_ртутного_столба 毫米汞柱 水銀柱ミリメートル
rubles | рублях rublos rubli roubles rubel рубль рубля рублей руб
degrees | град stopień stopnie stopni derece derajat graden องศา ডিগ্রি డిగ్రీలు
  degres 度 도 градус градуса градусов grado grados degré degrés grau graus gradi độ डिग्री درجة
  درجات
percent | persen procent procenta procentów yüzde เปอร์เซ็นต์ শতাংশ శాతం
  asilimia prosenttia procentů posto одсто відсотків проценти százalék τοις_εκατό אחוז אחוזים درصد
  فیصد சதவீதம் टक्के porsyento la_sută
  パーセント 퍼센트 프로 процент процента процентов por_ciento pour_cent prozent por_cento
  per_cento प्रतिशत phần_trăm بالمئة بالمائة في_المئة في_المائة por_cien porciento porcento percento porcien
celsius | градуса_по_цельсию градусов_по_цельсию градус_по_цельсию
  सेंटिग्रेड graus_centígrados centígrados centigrados centigradi सेल्सीयस डिग्री_सेल्सीयस درجة_سلزيوس 摄氏
  攝氏 摄氏° 攝氏° 摄氏度 攝氏度 ℃ 섭씨 도씨 градус_цельсия градуса_цельсия градусов_цельсия
  grado_celsius grados_celsius grados_centígrados grado_centígrado graus_celsius grau_celsius
  gradi_celsius gradi_centigradi grado_centigrado degré_celsius degrés_celsius grad_celsius grados_c
  graus_c gradi_c degrés_c grad_c độ_c डिग्री_सेल्सियस सेल्सियस डिग्री_से डिग्री_सेंटीग्रेड डिग्री_c
  درجة_مئوية سلزيوس سيليزية مئوية درجات_مئوية
fahrenheit | градус_по_фаренгейту градуса_по_фаренгейту градусов_по_фаренгейту
  फ़ॉ डिग्री_फ़ॉ 华氏 華氏 华氏° 華氏° fahreneit gradi_fahreneit degrès_f 华氏度 華氏度 ℉ 화씨
  градус_фаренгейта градусов_фаренгейта grado_fahrenheit grados_fahrenheit graus_fahrenheit
  grau_fahrenheit gradi_fahrenheit degré_fahrenheit degrés_fahrenheit grad_fahrenheit grados_f graus_f
  gradi_f degrés_f grad_f độ_f डिग्री_फ़ॉरेनहाइट फ़ॉरेनहाइट डिग्री_फ़ारेनहाइट फ़ारेनहाइट डिग्री_फारेनहाइट
  फारेनहाइट डिग्री_f درجة_فهرنهايت فهرنهايت
kelvin | к
  开尔文 开 ケルビン 켈빈 кельвин кельвинов केल्विन كلفن
hertz | हर्ट्ज हर्ट्ज़ هرتز
  герцы hercio hercios
  赫兹 赫 ヘルツ 헤르츠 герц герца гц
megahertz | 兆赫 兆赫兹 メガヘルツ 메가헤르츠 мегагерц мгц
kilohertz | 千赫 千赫兹 キロヘルツ 킬로헤르츠 килогерц кгц
watts | वाट वॉट واط وات
  วัตต์
  瓦 瓦特 ワット 와트 ватт вт
kilowatts | किलोवाट كيلوواط
  千瓦 キロワット 킬로와트 киловатт квт kilovatio kilovatios quilowatt quilowatts chilowatt
joules | जूल جول জুল
  จูล
  焦耳 焦 ジュール 줄 джоуль джоуля джоулей дж julios
kilojoules | किलोजूल كيلوجول
  千焦 千焦耳 キロジュール 킬로줄 килоджоуль килоджоулей кдж
newtons | न्यूटन نيوتن নিউটন
  นิวตัน
  牛 牛顿 牛頓 ニュートン 뉴턴 ньютон ньютона ньютонов н
pascals | पास्कल باسكال
  帕 帕斯卡 パスカル 파스칼 паскаль паскалей па
kilopascals | quilopascal quilopascals kilopascal kilopascales
  千帕 キロパスカル килопаскаль кпа
volts | वोल्ट فولت
  伏 伏特 ボルト 볼트 вольт в voltios
amperes | एम्पियर एंपियर أمبير
  安 安培 アンペア 암페어 ампер а amperios
ohms | ओम أوم
  欧 欧姆 オーム 옴 ом ohmios
coulombs | कूलॉम كولوم
  кл culombios
  库仑 库 クーロン 쿨롱 кулон кулонов
mol | मोल مول
  摩尔 摩 モル 몰 моль moles
calories | 卡 卡路里 カロリー 칼로리 калорий calorías
kilocalories | 千卡 大卡 キロカロリー 킬로칼로리 килокалорий ккал kilocalorías
bits | 比特 ビット 비트 бит бита बिट
bytes | 字节 バイト 바이트 байт байта байтов बाइट
kilobits | 千比特 キロビット
megabits | 兆比特 メガビット 메가비트
kilobytes | 千字节 キロバイト 킬로바이트 килобайт
megabytes | 兆字节 メガバイト 메가바이트 мегабайт мегабайта мб मेगाबाइट
gigabytes | 吉字节 ギガバイト 기가바이트 гигабайт гигабайта гб गीगाबाइट
turns | vuelta vueltas volta voltas giro giri umdrehung umdrehungen оборот оборота оборотов 바퀴
ms | 毫秒 ミリ秒 밀리초 밀리_초 мс миллисекунд миллисекунда миллисекунды millisekunde millisekunden
  milisegundo milisegundos milissegundo milissegundos milliseconde millisecondes millisecondo millisecondi
  mili_giây मिलीसेकंड मिलीसेकेंड مللي_ثانية ميلي_ثانية
us | 微秒 マイクロ秒 마이크로초 мкс микросекунд микросекунды mikrosekunde mikrosekunden microsegundo
  microsegundos microsecondes microseconde microsecondi microsecondo
ns | наносекунд наносекунды 纳秒 ナノ秒 나노초 нс nanosekunden nanosegundos nanosecondes nanosecondi
mA | 毫安 毫安培 ミリアンペア 밀리암페어 мА миллиампер milliampere miliamperios miliampères
uA | 微安 мкА микроампер
mV | 毫伏 ミリボルト 밀리볼트 мВ милливольт milivoltios
kV | 千伏 キロボルト 킬로볼트 кВ киловольт kilovoltios
kN | 千牛 千牛顿 キロニュートン 킬로뉴턴 кН килоньютон килоньютонов
bar | бар 巴 バール
atm | атм атмосфер атмосферы 大气压 標準大気圧 标准大气压
kgf | кгс
MPa | 兆帕 メガパスカル 메가파스칼 МПа мегапаскаль мегапаскалей
kohm | 千欧 千欧姆 キロオーム 킬로옴 кОм килоом
eV | 电子伏 电子伏特 電子伏特 電子ボルト 전자볼트 эВ электронвольт elektronenvolt electronvoltio
  electronvoltios electronvolt electronvolts elétron_volt elétron_volts elettronvolt
keV | 千电子伏 千电子伏特 キロ電子ボルト кэВ
MeV | 兆电子伏 兆电子伏特 メガ電子ボルト МэВ мегаэлектронвольт
T | 特斯拉 テスラ 테슬라 Тл тесла
uF | 微法 微法拉 マイクロファラド 마이크로패럿 мкФ микрофарад mikrofarad microfaradios
pF | 皮法 ピコファラド 피코패럿 пФ пикофарад
nF | 纳法 нФ нанофарад
F | 法拉 ファラド 패럿 фарад faradios
H | 亨利 ヘンリー 헨리 генри henrios
mH | 毫亨 мГн миллигенри
Wb | 韦伯 ウェーバ 웨버 Вб вебер
mmol | 毫摩尔 毫摩 ミリモル 밀리몰 ммоль миллимоль
MW | 兆瓦 メガワット 메가와트 мегаватт
MJ | 兆焦 兆焦耳 メガジュール 메가줄 мегаджоуль мегаджоулей
kWh | 千瓦时 千瓦小时 キロワット時 킬로와트시 kilowattstunde kilowattstunden киловатт_часов
Wh | 瓦时 瓦小时
N*m | newtonmeter ニュートンメートル 牛米
rad | рад радиан радиана радианов 弧度 ラジアン 라디안 radiant radianes radianti रेडियन راديان
km/h | kilomètres_heure kilomètre_heure
mph | mi_por_hora mi_pro_stunde
"""
"""A unit that the parser knows, and its names; a line that is indented goes on, `_` is a space."""

_MARKS = regex("[\u0300-\u0304\u0306-\u0307\u030a-\u0327]")
"""Accents and cedillas, that many writers leave out of Latin letters."""


def unaccented(words: str) -> str:
    """Latin words without accents, other scripts as they are."""
    return normalize("NFC", _MARKS.sub("", normalize("NFD", words))) if words < "\u0250" else words


@cache
def unit_names() -> Mapping[str, str]:
    """Name -> the unit that the parser knows; Latin names without their accents too.

        A name of two letters keeps its accent: without it, it is a symbol.
    Made on first use: a first verdict without words has no need of it, and would wait for 800
      substitutions.
    """
    names = {
        normalize("NFC", name.replace("_", " ")).lower(): row.split(" | ")[0]
        for row in _TABLE.strip().replace("\n  ", " ").splitlines()
        for name in row.split(" | ")[1].split()
    }
    plain = {unaccented(name): unit for name, unit in names.items() if len(name) > _SYMBOL}
    return {**plain, **names}


_SYMBOL = 2
"""Letters of a symbol."""


@cache
def first_words() -> frozenset[str]:
    """First words of the names that a text in ASCII can hold."""
    return frozenset(re.split(r"[ -]", name)[0] for name in unit_names() if name.isascii())


_SQUARE_BEHIND = (
    r"(?:al|ao|au|zum|в)\s+(?:cuadrado|quadrado|carré|quadrat|quadrato|квадрате)"
    r"|cuadrad[oa]s?|quadrad[oa]s?|quadrat[oi]|carrée?s?|vuông|persegi|kwadratow\w+|مربعة?"
)
_CUBE_BEHIND = r"cúbic[oa]s?|cubic[oi]|cub[oi]|cubes?|khối|kubik|sześcienn\w+|مكعبة?"
_SQUARE_BEFORE = r"平方|二次方|제곱|평방|quadrat|квадратн\w+|वर्ग|ตาราง|বর্গ|vierkante"
_CUBE_BEFORE = r"立方|세제곱|입방|kubik|кубическ\w+|घन|ลูกบาศก์|ঘন|kubieke"
_POWERS = (
    (regex(rf"(?P<unit>.+?)\s+(?:{_SQUARE_BEHIND})\Z"), "2"),
    (regex(rf"(?P<unit>.+?)\s+(?:{_CUBE_BEHIND})\Z"), "3"),
    (regex(rf"(?:{_CUBE_BEFORE})[\s-]*(?P<unit>.+)\Z"), "3"),
    (regex(rf"(?:{_SQUARE_BEFORE})[\s-]*(?P<unit>.+)\Z"), "2"),
    (regex(r"(?P<unit>.+?)²\Z"), "2"),
    (regex(r"(?P<unit>.+?)³\Z"), "3"),
)
_RATE = regex(
    r"(?P<one>.+?)(?:\s+(?:por|par|pro|à\s+l['’]|all['’]|à\s+la|al|в|на|na|per|mỗi|trên|प्रति|প্রতি|في(?:\s+ال)?|لكل)\s*|\s*(?:每|/|毎|ต่อ)\s*)(?P<other>.+)\Z"
)


_SAME_IN_GERMAN = frozenset(
    ["meter", "kilometer", "liter", "newton", "joule", "kilojoule", "watt", "volt", "mol", "kelvin", "tesla"]
)
_PRODUCT = regex(r"\(?(?P<one>[^()/·⋅∙*]+)[·⋅∙*](?P<other>[^()/·⋅∙*]+)\)?")


_POINTS = regex(r"\.")
"""Points of abbreviations, which the table leaves out: `мм рт. ст.`."""


@lru_cache(maxsize=1024)
def english_unit(words: str) -> str | None:
    """The unit that a phrase in another language names, as the parser writes it; None where it names none.

    >>> english_unit("metros cuadrados"), english_unit("平方センチメートル"), english_unit("km por hora")
    ('m^2', 'cm^2', 'km/hours')
    """
    if words.strip(" .") == "Grad":
        return "degrees"
    words = normalize("NFC", words).strip(" .").lower().replace("-", " ").removesuffix(" alt")
    return _unit(words) if 0 < len(words) <= MAX_PHRASE else None


def _unit(words: str) -> str | None:
    found = unit_names().get(words) or (
        "." in words and unit_names().get(" ".join(_POINTS.sub(" ", words).split()))
    )
    if found:
        return found
    if (whole := _power(words) or _product(words)) is not None:
        return whole
    rate = _RATE.match(words)
    if rate is None:
        return None
    one, other = rate["one"].strip(" ."), rate["other"].strip(" .")
    if not (
        any(unit in unit_names() or _power(unit) for unit in (one, other)) or {one, other} <= _SAME_IN_GERMAN
    ):
        return None
    above, below = _part(one), _part(other)
    return f"{above}/{below}" if above and below else None


def _power(words: str) -> str | None:
    """The square or the cube of a unit."""
    for pattern, power in _POWERS:
        if (parts := pattern.match(words)) and (unit := _base(parts["unit"])):
            return f"{unit}^{power}"
    return None


def _product(words: str) -> str | None:
    """The product of two units, one of which has a name here."""
    found = _PRODUCT.fullmatch(words)
    if found is None or not ({found["one"], found["other"]} & unit_names().keys()):
        return None
    one, other = _part(found["one"]), _part(found["other"])
    return f"({one}*{other})" if one and other else None


def _base(words: str) -> str | None:
    """A unit that can be squared; German has the names of English."""
    return unit_names().get(words) or (words if words in _SAME_IN_GERMAN else None)


def _part(words: str) -> str | None:
    """A unit in a rate; symbols stay as they are."""
    return (
        _base(words)
        or _power(words)
        or _product(words)
        or (words if re.fullmatch(r"[a-z]{1,3}", words) else None)
    )
